import { withdrawnText } from "@muster/lambdas";
import { counted } from "../counted.ts";
import { formatBytes } from "../free-space.ts";
import type { Print } from "../print.ts";
import { columnsOf } from "../text-columns.ts";
import { wrapColumns } from "../wrap-columns.ts";
import type { CheckJson, VerifiedJson, VerifyJson } from "./verify-json.ts";

interface Look {
  /** undefined where nothing limits a line. */
  readonly columns: number | undefined;
  readonly style: Print["style"];
}

/** The answer in one line; below it what is wrong, what nothing vouches for, and the rest with all that vouches for it. */
export function reportVerify(report: VerifyJson, { columns, style }: Look): string[] {
  const [first = "", ...rest] = wrapColumns(answer(report), { columns, indent: "  " });
  const of = (good: boolean | null) => report.objects.filter((object) => object.good === good);
  const [wrong, unknown, right] = [of(false), of(null).filter((each) => !isTakenBack(each)), of(true)];
  const taken = report.objects.filter(isTakenBack);
  const wrapped = (text: string) => wrapColumns(`    ${text}`, { columns, indent: "    " });
  return [
    style("bold", style(report.good ? "green" : "red", first)),
    ...rest,
    ...(wrong.length > 0 ? [""] : []),
    ...wrong.flatMap(({ uri, sha256, checks }) => [
      `${style("red", "✖")} ${uri}`,
      ...(checks.some(isDigestThatDiffers) ? wrapped(`its digest is ${sha256}`) : []),
      ...checks.flatMap(({ good, says }) => (good === false ? wrapped(says) : [])),
    ]),
    ...(unknown.length > 0 ? [""] : []),
    ...unknown.flatMap(({ uri, checks }) => [
      `${style("yellow", "?")} ${uri}`,
      ...(checks.length === 0 ? ["nothing vouches for it"] : checks.map(({ says }) => says)).flatMap(wrapped),
    ]),
    ...(taken.length > 0 ? [""] : []),
    ...taken.map(({ uri }) => `${style("dim", "↩")} ${uri}`),
    ...(right.length > 0 ? ["", ...rightLines(right, { columns, style })] : []),
    ...signatureLines(report.objects, wrapped),
  ];
}

const isTakenBack = ({ checks }: VerifiedJson): boolean => checks.some(({ check }) => check === "withdrawn");

const isDigestThatDiffers = ({ check, good }: CheckJson): boolean =>
  good === false && (check === "metadata" || check === "record" || check === "stated");

function answer({ version, withdrawal, objects, bytes }: VerifyJson): string {
  const count = (wanted: (object: VerifiedJson) => boolean) => objects.filter(wanted).length;
  const wrong = count(({ good }) => good === false);
  const gone = count((object) => object.good === null && object.bytes === null);
  const taken = count(isTakenBack);
  const unknown = count(({ good }) => good === null) - gone;
  const right = count(({ good }) => good === true);
  const is = (number: number) => (number === 1 ? "is" : "are");
  const verdict =
    wrong > 0
      ? `${wrong} of ${counted(objects.length, "object")} ${is(wrong)} not good`
      : right === objects.length
        ? `${right === 1 ? "its one object" : `all ${counted(right, "object")}`} ${is(right)} good`
        : right === 0
          ? `none of ${counted(objects.length, "object")} is known to be good`
          : `${right} of ${counted(objects.length, "object")} ${is(right)} good`;
  return [
    `${withdrawal === null ? version : withdrawnText({ version, ...withdrawal })}: ${verdict}`,
    ...(unknown > 0 ? [`nothing vouches for ${unknown}`] : []),
    ...(taken > 0 ? [`${taken} ${taken === 1 ? "was" : "were"} taken back`] : []),
    ...(gone > taken ? [`${gone - taken} ${is(gone - taken)} gone from scratch`] : []),
    `${formatBytes(bytes)} read again`,
  ].join("; ");
}

function rightLines(objects: readonly VerifiedJson[], { columns, style }: Look): string[] {
  const rows = objects.map(({ bytes, uri, checks }) => ({
    size: (bytes === null ? "" : formatBytes(bytes)).padStart(6),
    uri,
    by: checks.flatMap((check) => (check.good === true ? [labelOf(check)] : [])).join(", "),
  }));
  const mark = style("green", "✔");
  const wide = rows.map(({ size, uri, by }) => `${mark}  ${size}  ${uri}  ${style("dim", by)}`);
  if (columns === undefined || wide.every((line) => columnsOf(line) <= columns)) return wide;
  return rows.flatMap(({ size, uri, by }) => [
    `${mark} ${uri}`,
    ...wrapColumns(`    ${size.trim()}, ${by}`, { columns, indent: "    " }).map((line) => style("dim", line)),
  ]);
}

function labelOf({ check, by }: CheckJson): string {
  switch (check) {
    case "s3":
      return "S3's checksum";
    case "record":
      return "its attempt";
    case "stated":
      return /\/(by-hash|repodata)\/|\/Packages/.test(by ?? "")
        ? "its index"
        : (by ?? "").slice((by ?? "").lastIndexOf("/") + 1);
    default:
      return check;
  }
}

/** Who signed, once each: whether that is who should have, only a person can say. */
function signatureLines(objects: readonly VerifiedJson[], wrapped: (text: string) => string[]): string[] {
  const good = objects.flatMap(({ checks }) =>
    checks.filter(({ check, good: is }) => check === "signature" && is === true),
  );
  const signers = Map.groupBy(good, ({ says }) => says);
  if (signers.size === 0) return [];
  return [
    "",
    ...[...signers].flatMap(([says, of]) =>
      wrapped(`${counted(of.length, "object")} ${says}`).map((line) => line.replace(/^ {4}/, "")),
    ),
  ];
}
