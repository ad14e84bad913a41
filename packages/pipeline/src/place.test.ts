import { expect, test } from "vitest";
import { Place, placeCells, placeWords } from "./place.ts";

test.each<[string, object, Place]>([
  ["nothing: the build as a whole", {}, { per: "build" }],
  ["a version", { version: "1.2.3" }, { per: "version", version: "1.2.3" }],
  [
    "a version and one of its platforms",
    { version: "1.2.3", platform: "debian-12-bookworm" },
    { per: "platform", version: "1.2.3", platform: "debian-12-bookworm" },
  ],
])("data that say no kind are of the one that they name: %s", (_, data, place) => {
  expect(Place.parse({ ...data, platforms: ["debian-12-bookworm"], execution: "arn" })).toEqual(place);
  expect(Place.parse(place)).toEqual(place);
});

test.each([[{ version: 3 }], [{ per: "platform", version: "1.2.3" }], [{ per: "flavour" }], ["1.2.3"], [null]])(
  "%j is no place",
  (data) => {
    expect(Place.safeParse(data).success).toBe(false);
  },
);

test("a place is called by its version and platform, as far as it has them", () => {
  const platform: Place = { per: "platform", version: "1.2.3", platform: "debian-12-bookworm" };
  expect(placeWords(platform)).toEqual(["1.2.3", "debian-12-bookworm"]);
  expect(placeCells(platform)).toEqual(["1.2.3", "debian-12-bookworm"]);
  expect(placeCells({ per: "version", version: "1.2.3" })).toEqual(["1.2.3", ""]);
  expect(placeWords({ per: "build" })).toEqual([]);
  expect(placeCells({ per: "build" })).toEqual(["", ""]);
});
