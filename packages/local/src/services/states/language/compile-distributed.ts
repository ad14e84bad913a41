import type { FieldReader } from "./field-reader.ts";
import type { Evaluate } from "./intrinsic.ts";
import type { DistributedMap, ItemReader } from "./state.ts";

const DISTRIBUTED_ONLY = ["ItemReader", "ResultWriter", "ToleratedFailureCount", "ToleratedFailurePercentage"] as const;

const UNSUPPORTED = ["ItemBatcher", "ToleratedFailureCountPath", "ToleratedFailurePercentagePath"] as const;

const GET_OBJECT = "arn:aws:states:::s3:getObject";
const PUT_OBJECT = "arn:aws:states:::s3:putObject";

/** @see https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html */
const LONGEST_LABEL = 40;
const LABEL = /^[^\s?*<>{}[\]:;,\\|^~$#%&`"\p{Cc}]+$/u;

/** An inline Map has no items elsewhere, and no failures that it tolerates. */
export function refuseDistributedFields(fields: FieldReader): void {
  for (const field of [...DISTRIBUTED_ONLY, ...UNSUPPORTED]) {
    if (fields.has(field)) fields.problem(field, `The field '${field}' belongs to a distributed Map`);
  }
  fields.string("Label");
}

/** What a Map has besides when each of its items is an execution of its own. */
export function compileDistributed(name: string, fields: FieldReader): DistributedMap {
  for (const field of UNSUPPORTED) {
    if (fields.has(field)) fields.problem(field, `The field '${field}' is not supported here`);
  }
  fields.atMostOne("ItemReader", "ItemsPath");
  const label = fields.string("Label") ?? name.slice(0, LONGEST_LABEL).replace(/[^\w-]/g, "-");
  if (label.length > LONGEST_LABEL || !LABEL.test(label)) {
    fields.problem("Label", `The value for the field 'Label' must be a name of at most ${LONGEST_LABEL} characters`);
  }
  return {
    label,
    reader: compileReader(fields.object("ItemReader")),
    writer: compileWriter(fields.object("ResultWriter")),
    toleratedCount: fields.number("ToleratedFailureCount", { least: 0 }) ?? 0,
    toleratedPercentage: fields.number("ToleratedFailurePercentage", { least: 0, most: 100, integer: false }) ?? 0,
  };
}

function compileReader(reader: FieldReader | undefined): ItemReader | undefined {
  if (reader === undefined) return undefined;
  checkResource(reader, GET_OBJECT);
  const config = reader.object("ReaderConfig");
  if (config?.string("InputType") !== "JSON") {
    (config ?? reader).problem(
      "InputType",
      "The value for the field 'InputType' must be JSON: others are not supported here",
    );
  }
  const mostItems = config?.number("MaxItems", { least: 1, most: 100_000_000 });
  config?.finish("ReaderConfig");
  const object = readObject(reader, ["Bucket", "Key"]);
  reader.finish("ItemReader");
  return object && { object, mostItems };
}

function compileWriter(writer: FieldReader | undefined): Evaluate | undefined {
  if (writer === undefined) return undefined;
  checkResource(writer, PUT_OBJECT);
  const object = readObject(writer, ["Bucket", "Prefix"]);
  writer.finish("ResultWriter");
  return object;
}

function checkResource(fields: FieldReader, resource: string): void {
  if (fields.string("Resource") !== resource) {
    fields.problem("Resource", `The value for the field 'Resource' must be ${resource}: others are not supported here`);
  }
}

function readObject(fields: FieldReader, members: readonly string[]): Evaluate | undefined {
  const parameters = fields.object("Parameters");
  if (parameters === undefined) fields.problem("Parameters", "The field 'Parameters' is required");
  for (const member of members) {
    const given = [member, `${member}.$`].filter((field) => parameters?.has(field)).length;
    if (parameters !== undefined && given !== 1) parameters.problem(member, `The field '${member}' is required`);
  }
  parameters?.finish("Parameters");
  return fields.template("Parameters");
}
