import { expect, test } from "vitest";
import {
  applyLogChange,
  BATCHES_IN_MEMORY,
  BYTES_IN_MEMORY,
  batchToSend,
  batchToStore,
  CLOCK_STEP_MS,
  EMPTY_LOG,
  EVENT_OVERHEAD,
  firstUnsent,
  isFull,
  isQueued,
  type LogBatch,
  type LogChange,
  type LogState,
  MOST_BYTES,
  MOST_EVENTS,
  STORE_AGAIN_MS,
} from "./log-state.ts";

const START_MS = Date.UTC(2026, 0, 1);

/** The same numbers for the same seed, from 0 to below 1. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A change of what nobody may write to. */
function apply(state: LogState, change: LogChange): LogState {
  for (const part of [state, state.queue, state.open, state.removing, ...state.queue]) Object.freeze(part);
  for (const { events } of state.queue) Object.freeze(events);
  return applyLogChange(state, change);
}

const after = (...changes: readonly LogChange[]): LogState => changes.reduce(apply, EMPTY_LOG);
const written = (...lines: string[]): LogChange => ({ kind: "written", lines, atMs: START_MS });
const adopted = (batches: number): LogChange => ({ kind: "adopted", batches });
const closed: LogChange = { kind: "closed" };
const batch = (line: string): LogChange[] => [written(line), closed];
const messages = ({ events }: Pick<LogBatch, "events">): string[] | undefined => events?.map(({ message }) => message);

/** CloudWatch, a disk and a script, each of which takes its time: what a log meets, in an order that a seed chooses. */
interface World {
  readonly random: () => number;
  readonly leftovers: number;
  state: LogState;
  nowMs: number;
  /** The names of all lines, in their order. */
  readonly expected: string[];
  readonly sent: string[];
  /** Names of lines, by batch. */
  readonly disk: Map<number, string[]>;
  sending?: string[] | undefined;
  removing?: number | undefined;
  storing?: { readonly sequence: number; readonly names: string[] } | undefined;
}

function createWorld(seed: number): World {
  const random = randomNumbers(seed);
  const leftovers = Math.floor(random() * 4);
  const disk = new Map<number, string[]>();
  for (let sequence = -leftovers; sequence < 0; sequence++) disk.set(sequence, [`left${sequence}`]);
  return { random, leftovers, state: EMPTY_LOG, nowMs: START_MS, expected: [...disk.values()].flat(), sent: [], disk };
}

const below = ({ random }: World, limit: number): number => Math.floor(random() * limit);

function change(world: World, made: LogChange): void {
  world.state = apply(world.state, made);
}

const namesOf = (batch: Pick<LogBatch, "events">): string[] | undefined =>
  messages(batch)?.map((message) => message.slice(0, message.indexOf(" ")));

/** Few long lines, some of middling length, and now and then more than fit into a batch by their number. */
const WRITES = [
  { lines: 3, characters: 125_000 },
  { lines: 40, characters: 30_000 },
  { lines: MOST_EVENTS + 2, characters: 3 },
] as const;

/** As a script's reader does: only where there is room. */
function write(world: World): void {
  if (isFull(world.state)) return;
  const { lines, characters } = WRITES[below(world, 20) === 0 ? 2 : (below(world, 2) as 0 | 1)];
  const names = Array.from({ length: 1 + below(world, lines) }, (_, index) => `${world.expected.length + index}`);
  world.expected.push(...names);
  const texts = names.map((name) => `${name} ${"ä".repeat(below(world, characters))}`);
  change(world, { kind: "written", lines: texts, atMs: world.nowMs });
}

function adopt(world: World): void {
  if (!world.state.isAdopted) change(world, { kind: "adopted", batches: world.leftovers });
}

function startSending(world: World): void {
  const next = batchToSend(world.state);
  if (next === undefined || world.sending !== undefined) return;
  world.sending = namesOf(next) ?? world.disk.get(next.sequence);
  expect(world.sending).toBeDefined();
}

function endSending(world: World): void {
  if (world.sending === undefined) return;
  world.sent.push(...world.sending);
  world.sending = undefined;
  world.removing = world.state.queue[0]?.sequence;
  change(world, { kind: "sent" });
}

function endRemoving(world: World): void {
  if (world.removing === undefined) return;
  world.disk.delete(world.removing);
  world.removing = undefined;
  change(world, { kind: "removed" });
}

function startStoring(world: World): void {
  const next = batchToStore(world.state, world.nowMs);
  if (next === undefined || world.storing !== undefined) return;
  world.storing = { sequence: next.sequence, names: namesOf(next) ?? [] };
}

function endStoring(world: World, isTaken: boolean): void {
  if (world.storing === undefined) return;
  const { sequence, names } = world.storing;
  world.storing = undefined;
  if (isTaken) {
    world.disk.set(sequence, names);
    change(world, { kind: "stored", sequence });
    if (!isQueued(world.state, sequence)) world.disk.delete(sequence);
  } else change(world, { kind: "not-stored", atMs: world.nowMs });
}

/** Mostly on; now and then the clock goes back, or is set. */
function passTime(world: World): void {
  const mostMs = [50 * CLOCK_STEP_MS, 10 * STORE_AGAIN_MS][below(world, 20)] ?? 1000;
  world.nowMs += Math.round((world.random() - 0.2) * mostMs);
}

/** Writes come oftener, and CloudWatch is slower than the disk. */
const STEPS: readonly ((world: World) => void)[] = [
  write,
  write,
  write,
  (world) => below(world, 3) === 0 && change(world, closed),
  (world) => below(world, 4) === 0 && adopt(world),
  startSending,
  (world) => world.sending !== undefined && change(world, { kind: "held-up" }),
  (world) => below(world, 3) === 0 && endSending(world),
  endRemoving,
  startStoring,
  (world) => endStoring(world, below(world, 3) > 0),
  passTime,
];

/** Every line, wherever it is now. */
function everywhere({ state, sent, disk, expected, leftovers }: World): (string | undefined)[] {
  const opened: string[][] = [];
  for (let arrival = state.open.last; arrival !== undefined; arrival = arrival.before) {
    opened.unshift(namesOf(arrival) ?? []);
  }
  return [
    ...sent,
    ...(state.isAdopted ? [] : expected.slice(0, leftovers)),
    ...state.queue.flatMap((batch) => namesOf(batch) ?? disk.get(batch.sequence)),
    ...opened.flat(),
  ];
}

/** Nothing is slow or fails any more. */
function finish(world: World): void {
  adopt(world);
  change(world, closed);
  endRemoving(world);
  for (startSending(world); world.sending !== undefined; startSending(world)) {
    endSending(world);
    endRemoving(world);
  }
  endStoring(world, true);
}

const ONE_WRITE_BYTES = 40 * (2 * 30_000 + 40);

function expectBounds({ queue, bytesInMemory }: LogState): void {
  const inMemory = queue.filter(({ events }) => events !== undefined);
  expect(inMemory.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(bytesInMemory);
  expect(bytesInMemory).toBeLessThan(BYTES_IN_MEMORY + ONE_WRITE_BYTES + MOST_BYTES);
  expect(queue.every(({ events, isOnDisk }) => isOnDisk || events !== undefined)).toBe(true);
  const sequences = queue.map(({ sequence }) => sequence);
  expect(sequences).toEqual(sequences.toSorted((one, other) => one - other));
}

/** What one call of PutLogEvents takes. */
function expectOneCall({ events = [], bytes }: LogBatch): void {
  expect(events.length).toBeLessThanOrEqual(MOST_EVENTS);
  const counted = events.reduce((sum, { message }) => sum + Buffer.byteLength(message) + EVENT_OVERHEAD, 0);
  expect(counted).toBe(bytes);
  expect(counted).toBeLessThanOrEqual(MOST_BYTES);
  const steps = events.slice(1).map(({ timestamp }, index) => timestamp - (events[index]?.timestamp ?? 0));
  expect(steps.every((step) => step >= 0 && step <= CLOCK_STEP_MS)).toBe(true);
}

test.each(Array.from({ length: 24 }, (_, seed) => [seed]))(
  "whatever is slow or fails in whatever order, each line is sent once and in its order, within memory's bound (seed %i)",
  (seed) => {
    const world = createWorld(seed);
    for (let step = 0; step < 400; step++) {
      const before = world.state;
      STEPS[below(world, STEPS.length)]?.(world);
      expectBounds(world.state);
      for (const batch of world.state.queue) {
        if (batch.sequence >= before.nextSequence) expectOneCall(batch);
      }
      expect(firstUnsent(world.state)).toBeGreaterThanOrEqual(firstUnsent(before));
      for (const sequence of world.disk.keys()) {
        if (sequence >= 0 && before.isAdopted) expect(sequence).toBeGreaterThanOrEqual(firstUnsent(world.state));
      }
      if (step % 25 === 0) expect(everywhere(world)).toEqual(world.expected);
    }
    finish(world);
    expect(world.sent).toEqual(world.expected);
    expect(world.disk.size).toBe(0);
    expect(world.state.bytesInMemory).toBe(0);
    expect(firstUnsent(world.state)).toBe(world.state.nextSequence);
  },
);

test("the same changes always make the same log, and leave the one before as it was", () => {
  const before = after(adopted(0), ...batch("one"), written("two"));
  const copy = structuredClone(before);
  expect(apply(before, written("three"))).toEqual(apply(before, written("three")));
  expect(apply(before, { kind: "sent" })).toEqual(apply(copy, { kind: "sent" }));
  expect(before).toEqual(copy);
});

test("nothing is sent before what a predecessor left, nor before what was sent is gone from disk", () => {
  const waiting = after(...batch("new"));
  expect(batchToSend(waiting)).toBeUndefined();
  const ready = apply(waiting, adopted(2));
  expect(batchToSend(ready)?.sequence).toBe(-2);
  const sent = apply(ready, { kind: "sent" });
  expect(batchToSend(sent)).toBeUndefined();
  expect(firstUnsent(sent)).toBe(-2);
  expect(batchToSend(apply(sent, { kind: "removed" }))?.sequence).toBe(-1);
});

test("a flush is over when the batches before it are sent and gone from disk, whatever comes after", () => {
  const state = after(adopted(0), ...batch("before"));
  const before = state.nextSequence;
  const sent = apply(apply(apply(state, written("after")), closed), { kind: "sent" });
  expect(firstUnsent(sent)).toBeLessThan(before);
  expect(firstUnsent(apply(sent, { kind: "removed" }))).toBe(before);
});

test("the first few batches stay in memory; beyond them the newest goes to disk, and leaves memory", () => {
  const lines = ["sending", ...Array.from({ length: BATCHES_IN_MEMORY - 1 }, (_, index) => `waiting ${index}`)];
  const few = after(adopted(0), ...lines.flatMap(batch));
  expect(batchToStore(few, START_MS)).toBeUndefined();
  const many = batch("newest").reduce(apply, few);
  const newest = batchToStore(many, START_MS);
  expect(newest && messages(newest)).toEqual(["newest"]);
  const stored = apply(many, { kind: "stored", sequence: newest?.sequence ?? 0 });
  expect(stored.queue.at(-1)).toMatchObject({ isOnDisk: true, events: undefined });
  expect(stored.bytesInMemory).toBe(few.bytesInMemory);
  expect(batchToStore(stored, START_MS)).toBeUndefined();
});

test("while nothing can be sent the oldest goes to disk first, and what is being sent stays in memory too", () => {
  const heldUp = after(adopted(0), ...batch("sending"), ...batch("waiting"), { kind: "held-up" });
  const oldest = batchToStore(heldUp, START_MS);
  expect(oldest && messages(oldest)).toEqual(["sending"]);
  const stored = apply(heldUp, { kind: "stored", sequence: 0 });
  expect(stored.queue[0]).toMatchObject({ isOnDisk: true, events: [{ message: "sending" }] });
  expect(batchToStore(stored, START_MS)?.sequence).toBe(1);
  expect(batchToStore(apply(stored, { kind: "sent" }), START_MS)).toBeUndefined();
});

test("a disk that does not take a batch is left alone for some seconds", () => {
  const state = after(adopted(0), ...batch("line"), { kind: "held-up" }, { kind: "not-stored", atMs: START_MS });
  expect(batchToStore(state, START_MS + STORE_AGAIN_MS - 1)).toBeUndefined();
  expect(batchToStore(state, START_MS + STORE_AGAIN_MS)).toBeDefined();
});

test("small steps back of the clock are evened out, and a clock that was set begins a batch", () => {
  const at = (atMs: number): LogChange => ({ kind: "written", lines: ["line"], atMs });
  const state = after(adopted(0), at(START_MS), at(START_MS - 60_000), at(START_MS - 2 * CLOCK_STEP_MS), closed);
  expect(state.queue.map(({ events }) => events?.map(({ timestamp }) => timestamp))).toEqual([
    [START_MS, START_MS],
    [START_MS - 2 * CLOCK_STEP_MS],
  ]);
});
