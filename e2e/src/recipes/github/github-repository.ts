export interface Asset {
  readonly id: number;
  readonly name: string;
  content: Buffer;
  /** `starter`: its upload was begun and not ended. */
  state: "uploaded" | "starter";
}

export interface Release {
  readonly id: number;
  readonly tag_name: string;
  name: string;
  body: string;
  draft: boolean;
  prerelease: boolean;
  readonly assets: Asset[];
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

interface Asked {
  readonly method: string;
  readonly url: URL;
  readonly body: Buffer;
  readonly wantsBytes: boolean;
}

const notFound: Answer = { status: 404, body: { message: "Not Found" } };
const invalid = (resource: string): Answer => ({
  status: 422,
  body: { message: "Validation Failed", errors: [{ resource, code: "already_exists", field: "name" }] },
});

/**
 * Releases of the repository example/hello as GitHub keeps them: two of one tag cannot be published, but there can be any
 * number of drafts of it; an asset's name is of plain letters; it is replaced by none of its name.
 * @see https://docs.github.com/rest/releases
 */
export class GithubRepository {
  readonly releases: Release[] = [];
  readonly #tags: readonly string[];
  #ids = 1;

  constructor(tags: readonly string[]) {
    this.#tags = tags;
  }

  answer(asked: Asked): Answer {
    const { method, url, body } = asked;
    if (url.pathname === "/graphql") return this.#query(JSON.parse(body.toString()));
    const [, rest] = /^\/repos\/example\/hello\/releases(.*)$/.exec(url.pathname) ?? [];
    if (rest === undefined) return notFound;
    const [, kind = "", word = ""] = /^\/(tags|assets)\/(.*)$/.exec(rest) ?? [];
    if (kind === "tags") return this.#shown(this.releases.find((each) => !each.draft && each.tag_name === word));
    if (kind === "assets") return this.#asset(asked, Number(word));
    if (rest === "" && method === "POST") return this.#create(JSON.parse(body.toString()));
    if (rest === "" && method === "GET") return { status: 200, body: this.releases.map(shown) };
    const [, id, assets] = /^\/(\d+)(\/assets)?$/.exec(rest) ?? [];
    const release = this.releases.find((each) => each.id === Number(id));
    if (release === undefined) return notFound;
    if (assets !== undefined && method === "POST") return this.#attach(release, url, body);
    if (method === "PATCH") Object.assign(release, JSON.parse(body.toString()));
    return this.#shown(release);
  }

  /** As somebody does by hand: a draft, or a release that is out. */
  add(given: Pick<Release, "tag_name" | "draft"> & { readonly files?: Readonly<Record<string, string>> }): Release {
    const { files = {}, ...rest } = given;
    const release: Release = { name: "", body: "", prerelease: false, ...rest, id: this.#ids++, assets: [] };
    for (const [name, text] of Object.entries(files))
      release.assets.push({ id: this.#ids++, name, content: Buffer.from(text), state: "uploaded" });
    this.releases.push(release);
    return release;
  }

  #shown(release: Release | undefined): Answer {
    return release === undefined ? notFound : { status: 200, body: shown(release) };
  }

  #create(given: Partial<Release> & { tag_name: string; generate_release_notes?: boolean }): Answer {
    if (!given.draft && this.releases.some((each) => !each.draft && each.tag_name === given.tag_name))
      return invalid("Release");
    const release = this.add({ tag_name: given.tag_name, draft: given.draft ?? false });
    release.name = given.name ?? "";
    release.body = given.generate_release_notes ? "What's Changed" : (given.body ?? "");
    release.prerelease = given.prerelease ?? false;
    return { status: 201, body: shown(release) };
  }

  #attach(release: Release, url: URL, content: Buffer): Answer {
    const name = (url.searchParams.get("name") ?? "").replaceAll(/[^\w+@-]+/g, ".");
    if (release.assets.some((each) => each.name === name)) return invalid("ReleaseAsset");
    const asset: Asset = { id: this.#ids++, name, content, state: "uploaded" };
    release.assets.push(asset);
    return { status: 201, body: shownAsset(asset) };
  }

  #asset({ method, wantsBytes }: Asked, id: number): Answer {
    const release = this.releases.find(({ assets }) => assets.some((each) => each.id === id));
    const asset = release?.assets.find((each) => each.id === id);
    if (release === undefined || asset === undefined) return notFound;
    if (method === "DELETE") {
      release.assets.splice(release.assets.indexOf(asset), 1);
      return { status: 204 };
    }
    return { status: 200, body: wantsBytes ? asset.content : shownAsset(asset) };
  }

  /** The two questions that gh asks by GraphQL. */
  #query({ query, variables }: { query: string; variables: Readonly<Record<string, string>> }): Answer {
    const { tagName = "" } = variables;
    const release = this.releases.find((each) => each.tag_name === tagName);
    const found = query.includes("RepositoryReleaseByTag")
      ? { release: release === undefined ? null : { databaseId: release.id, isDraft: release.draft } }
      : { ref: this.#tags.some((tag) => `refs/tags/${tag}` === tagName) ? { id: tagName } : null };
    return { status: 200, body: { data: { repository: found } } };
  }
}

const api = "https://api.github.com/repos/example/hello/releases";

const shown = (release: Release) => ({
  ...release,
  url: `${api}/${release.id}`,
  upload_url: `${api.replace("api", "uploads")}/${release.id}/assets{?name,label}`,
  html_url: `https://github.com/example/hello/releases/tag/${release.draft ? "untagged-1" : release.tag_name}`,
  assets: release.assets.map(shownAsset),
});

const shownAsset = ({ id, name, content, state }: Asset) => ({
  id,
  name,
  state,
  size: state === "starter" ? 0 : content.length,
  url: `${api}/assets/${id}`,
});
