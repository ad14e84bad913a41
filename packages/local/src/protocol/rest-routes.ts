import type { WireRequest } from "../service.ts";

/**
 * One operation of a REST service: `{Name}` in the path takes one segment, `{Name+}` the rest; behind a `?` stand the parameters
 * that tell it apart from others at the same place.
 */
export interface Route<Names extends string = string> {
  readonly method: string;
  readonly path: string;
  readonly operation: Names;
}

export interface RouteMatch<Names extends string> {
  readonly operation: Names;
  /** Percent-decoded path parameters. */
  readonly labels: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
}

/** Finds the narrowest route for a request's method and address; undefined when there is none. */
export function routeTable<Names extends string>(
  routes: readonly Route<Names>[],
): (request: Pick<WireRequest, "method" | "url">) => RouteMatch<Names> | undefined {
  const compiled = routes
    .map((route) => {
      const [path = "", selectors] = route.path.split("?");
      return { route, path, pattern: compile(path), selectors: [...new URLSearchParams(selectors)] };
    })
    .sort((a, b) => b.selectors.length - a.selectors.length || breadth(a.path) - breadth(b.path));
  return ({ method, url }) => {
    const queryAt = url.indexOf("?");
    const path = queryAt < 0 ? url : url.slice(0, queryAt);
    const query = new URLSearchParams(queryAt < 0 ? "" : url.slice(queryAt));
    for (const { route, pattern, selectors } of compiled) {
      const groups = route.method === method ? pattern.exec(path)?.groups : undefined;
      if (groups === undefined || !selectors.every(([name, value]) => query.get(name) === value)) continue;
      for (const [name] of selectors) query.delete(name);
      const labels = Object.fromEntries(
        Object.entries(groups).flatMap(([name, value]) =>
          name === "_" ? [] : [[name, decodeURIComponent(value ?? "")]],
        ),
      );
      return { operation: route.operation, labels, query };
    }
    return undefined;
  };
}

/** How much a path leaves open: a named segment is narrower than any segment, and that than any rest. */
const breadth = (path: string): number => path.split("{").length - 1 + (path.includes("+}") ? 100 : 0);

function compile(path: string): RegExp {
  const source = path
    .replace(/[.]/g, "\\.")
    .replace(/\{(\w+)\+\}/g, "(?<$1>.+)")
    .replace(/\{(\w+)\}/g, "(?<$1>[^/]+)");
  // The empty group makes `groups` exist for paths without parameters.
  return new RegExp(`^${source}/?(?<_>)$`);
}
