import { rmSync } from "node:fs";
import { dirname } from "node:path";
import { AwsError } from "../../aws-error.ts";
import type { Storage } from "../../storage/storage.ts";
import { openStoredMap } from "../../storage/stored-map.ts";
import { type LogStreamFile, logStreamPath, openLogStreamFile } from "./log-stream-file.ts";

export interface LogGroup {
  readonly name: string;
  readonly creationTime: number;
  readonly retentionInDays?: number;
  readonly tags: Readonly<Record<string, string>>;
}

export interface LogStream {
  readonly group: string;
  readonly name: string;
  readonly creationTime: number;
}

/** Which groups and streams there are; what is in a stream is read when someone asks for it. */
export interface LogGroups {
  group(name: string): LogGroup;
  groups(): LogGroup[];
  hasGroup(name: string): boolean;
  saveGroup(group: LogGroup): void;
  deleteGroup(name: string): void;
  stream(group: string, name: string): LogStream;
  streams(group: string): LogStream[];
  hasStream(group: string, name: string): boolean;
  saveStream(stream: LogStream): void;
  deleteStream(stream: LogStream): void;
  file(stream: LogStream): LogStreamFile;
}

export function openLogGroups(storage: Storage): LogGroups {
  const groups = openStoredMap<LogGroup>(storage, "logs-metadata/groups");
  const streams = openStoredMap<LogStream>(storage, "logs-metadata/streams");
  const files = new Map<string, LogStreamFile>();
  // A group's name cannot hold a colon.
  const keyOf = (group: string, name: string) => `${group}:${name}`;
  const mustGroup = (name: string): LogGroup => {
    const group = groups.get(name);
    if (group !== undefined) return group;
    throw new AwsError("ResourceNotFoundException", "The specified log group does not exist.");
  };
  return {
    group: mustGroup,
    groups: () => [...groups.values()].sort(byName),
    hasGroup: (name) => groups.has(name),
    saveGroup: (group) => groups.set(group.name, group),
    deleteGroup(name) {
      for (const stream of [...streams.values()].filter(({ group }) => group === name)) this.deleteStream(stream);
      rmSync(dirname(logStreamPath(storage, name, "any")), { recursive: true, force: true });
      groups.delete(name);
    },
    stream(group, name) {
      mustGroup(group);
      const stream = streams.get(keyOf(group, name));
      if (stream !== undefined) return stream;
      throw new AwsError("ResourceNotFoundException", "The specified log stream does not exist.");
    },
    streams: (group) => [...streams.values()].filter((stream) => stream.group === group).sort(byName),
    hasStream: (group, name) => streams.has(keyOf(group, name)),
    saveStream: (stream) => streams.set(keyOf(stream.group, stream.name), stream),
    deleteStream({ group, name }) {
      rmSync(logStreamPath(storage, group, name), { force: true });
      files.delete(keyOf(group, name));
      streams.delete(keyOf(group, name));
    },
    file({ group, name }) {
      const known = files.get(keyOf(group, name));
      if (known !== undefined) return known;
      const opened = openLogStreamFile(storage, group, name);
      files.set(keyOf(group, name), opened);
      return opened;
    },
  };
}

function byName(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : 1;
}
