/** An object as a listing shows it. */
export interface ListedObject {
  readonly key: string;
  readonly size: number;
  readonly modified: Date;
  /** Without quotes. */
  readonly etag: string;
}

export interface Folder {
  /** Ends with a slash; "" for the bucket's root. */
  readonly path: string;
  readonly folders: Map<string, Folder>;
  readonly files: ListedObject[];
  /** Bytes of all that lies in it, at any depth. */
  size: number;
  /** When anything in it last changed. */
  modified: Date;
  /** The index page that is there now. */
  page: ListedObject | undefined;
}

export const PAGE_NAME = "index.html";

/**
 * The folders of a listing, with what lies in them; Muster's index pages are not content. Folders that hold nothing else are left out.
 * @param others keys of pages that a pipeline published, which are content
 */
export function folderTree(objects: Iterable<ListedObject>, others: ReadonlySet<string> = new Set()): Folder {
  const root = newFolder("");
  const pages: ListedObject[] = [];
  for (const object of objects) {
    const names = object.key.split("/");
    const name = names.pop();
    if (name === PAGE_NAME && !others.has(object.key)) pages.push(object);
    else if (name !== "") folderAt(root, names, object).files.push(object);
  }
  for (const page of pages) {
    const folder = findFolder(root, page.key.split("/").slice(0, -1));
    if (folder) folder.page = page;
  }
  return root;
}

/** All folders of a tree, parents first. */
export function* foldersOf(folder: Folder): Generator<Folder> {
  yield folder;
  for (const child of folder.folders.values()) yield* foldersOf(child);
}

const newFolder = (path: string): Folder => ({
  path,
  folders: new Map(),
  files: [],
  size: 0,
  modified: new Date(0),
  page: undefined,
});

/** Makes the folders on the way, and counts the object in each. */
function folderAt(root: Folder, names: readonly string[], object: ListedObject): Folder {
  let folder = root;
  count(folder, object);
  for (const name of names) {
    let child = folder.folders.get(name);
    if (child === undefined) {
      child = newFolder(`${folder.path}${name}/`);
      folder.folders.set(name, child);
    }
    folder = child;
    count(folder, object);
  }
  return folder;
}

function count(folder: Folder, { size, modified }: ListedObject): void {
  folder.size += size;
  if (modified > folder.modified) folder.modified = modified;
}

function findFolder(root: Folder, names: readonly string[]): Folder | undefined {
  return names.reduce<Folder | undefined>((folder, name) => folder?.folders.get(name), root);
}
