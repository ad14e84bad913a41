import { expect, test } from "vitest";
import { EventCode } from "./event-codes.ts";
import { createHistory } from "./history.ts";

test("events are read back as they were appended, however many there are", () => {
  const history = createHistory();
  const count = 1000;
  for (let index = 1; index <= count; index++) {
    history.append({
      code: EventCode.PassStateEntered,
      previousEventId: index - 1,
      timestampMs: 1_700_000_000_000 + index / 2,
      subject: `state-${index}`,
      payload: index % 3 === 0 ? undefined : { index },
    });
  }
  expect(history.length).toBe(count);
  for (const id of [1, 255, 256, 257, 512, 999, 1000]) {
    expect(history.at(id)).toEqual({
      id,
      code: EventCode.PassStateEntered,
      previousEventId: id - 1,
      timestampMs: 1_700_000_000_000 + id / 2,
      subject: `state-${id}`,
      payload: id % 3 === 0 ? undefined : { index: id },
    });
  }
});

test.each([0, 3, -1])("there is no event %d in a history of two", (id) => {
  const history = createHistory();
  const event = {
    code: EventCode.PassStateEntered,
    previousEventId: 0,
    timestampMs: 0,
    subject: undefined,
    payload: undefined,
  };
  history.append(event);
  history.append(event);
  expect(() => history.at(id)).toThrow(RangeError);
});
