import { AwsJson1_0Protocol } from "@aws-sdk/core/protocols";
import { JsonCodec2, JsonShapeDeserializer2 } from "@smithy/core/protocols";
import { NormalizedSchema } from "@smithy/core/schema";

/**
 * Step Functions' protocol, which reads histories as the JSON that they are: the SDK asks each event for every one of its sixty possible members,
 * which takes as long as all else that a command does with a long build.
 */
export class HistoryProtocol extends AwsJson1_0Protocol {
  constructor(settings: ConstructorParameters<typeof AwsJson1_0Protocol>[0]) {
    super({
      ...settings,
      jsonCodec: new HistoryCodec({ timestampFormat: { useTrait: true, default: 7 }, jsonName: false }),
    });
  }
}

class HistoryCodec extends JsonCodec2 {
  override createDeserializer(): JsonShapeDeserializer2 {
    const deserializer = new HistoryDeserializer(this.settings);
    if (this.serdeContext !== undefined) deserializer.setSerdeContext(this.serdeContext);
    return deserializer;
  }
}

type Schema = Parameters<JsonShapeDeserializer2["read"]>[0];

const HISTORY = "GetExecutionHistoryOutput";

class HistoryDeserializer extends JsonShapeDeserializer2 {
  override async read(schema: Schema, data: unknown): Promise<unknown> {
    if (NormalizedSchema.of(schema).getName() !== HISTORY || !(data instanceof Uint8Array))
      return super.read(schema, data);
    const text = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString();
    const { events, nextToken } = JSON.parse(text) as { events?: { timestamp: unknown }[]; nextToken?: string };
    // All else in an event is text, a number, or true or false.
    for (const event of events ?? []) event.timestamp = new Date(Math.round(Number(event.timestamp) * 1000));
    return { events, nextToken };
  }
}
