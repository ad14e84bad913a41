import { expect, test } from "vitest";
import { hourlyPrice, listedPrice, vcpusOf } from "./hourly-price.ts";

test.each([
  ["t2.micro", 1],
  ["t3.micro", 2],
  ["c7g.medium", 1],
  ["m7i.large", 2],
  ["r6i.4xlarge", 16],
  ["m7i.48xlarge", 192],
])("%s has %i vCPUs", (type, vcpus) => {
  expect(vcpusOf(type)).toBe(vcpus);
});

test.each([
  ["t3.micro", 0.0104],
  ["t3.xlarge", 0.1664],
  ["t3.2xlarge", 0.3328],
  ["m6i.4xlarge", 0.768],
  ["r6i.4xlarge", 1.008],
  // With something beside what the family has.
  ["c7a.large", 0.10264],
  ["c6in.large", 0.1134],
  ["c7gn.large", 0.1248],
  ["c6id.large", 0.1008],
  ["m7a.large", 0.11592],
  ["m5zn.large", 0.1652],
  ["m6idn.large", 0.15912],
  ["r7a.large", 0.15215],
  ["r7iz.large", 0.186],
  ["r6idn.large", 0.19548],
  ["i3en.large", 0.226],
  ["i7ie.large", 0.25988],
])("the estimate for %s is not below its price of %f", (type, price) => {
  expect(hourlyPrice(type)).toBeGreaterThanOrEqual(price);
  expect(hourlyPrice(type)).toBeLessThan(price * 1.6);
});

test.each([
  "q9.metal",
  "trn1.32xlarge",
  "mac1.metal",
  "im4gn.large",
  "c7i.metal",
  "p5.48xlarge",
  "t3",
  "",
  "c7i.biglarge",
])("%s has no listed price", (type) => {
  expect(listedPrice(type)).toBeUndefined();
});

test("a listed price is the one that caps go by", () => {
  for (const type of ["t3.micro", "c7i.4xlarge", "m6id.large", "r6i.4xlarge"])
    expect(listedPrice(type), type).toBe(hourlyPrice(type));
});

test("a type that is not known counts as dear", () => {
  expect(hourlyPrice("q9.metal")).toBeGreaterThan(10);
});
