import type { WireRequest } from "../service.ts";

/** One operation of a REST service: `{Name}` in the path takes one segment, `{Name+}` the rest. */
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

/** Finds the first route for a request's method and path; undefined when there is none. */
export function routeTable<Names extends string>(
  routes: readonly Route<Names>[],
): (request: Pick<WireRequest, "method" | "url">) => RouteMatch<Names> | undefined {
  const compiled = routes.map((route) => ({ route, pattern: compile(route.path) }));
  return ({ method, url }) => {
    const queryAt = url.indexOf("?");
    const path = queryAt < 0 ? url : url.slice(0, queryAt);
    for (const { route, pattern } of compiled) {
      const groups = route.method === method ? pattern.exec(path)?.groups : undefined;
      if (groups === undefined) continue;
      const labels = Object.fromEntries(
        Object.entries(groups).map(([name, value]) => [name, decodeURIComponent(value ?? "")]),
      );
      return { operation: route.operation, labels, query: new URLSearchParams(queryAt < 0 ? "" : url.slice(queryAt)) };
    }
    return undefined;
  };
}

function compile(path: string): RegExp {
  const source = path
    .replace(/[.]/g, "\\.")
    .replace(/\{(\w+)\+\}/g, "(?<$1>.+)")
    .replace(/\{(\w+)\}/g, "(?<$1>[^/]+)");
  // The empty group makes `groups` exist for paths without parameters.
  return new RegExp(`^${source}/?(?<_>)$`);
}
