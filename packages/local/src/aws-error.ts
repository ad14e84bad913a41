/** An error that a client of the AWS SDK sees under its AWS name; the protocol decides how it is put on the wire. */
export class AwsError extends Error {
  override readonly name = "AwsError";
  /** AWS's name for it, for example `TaskTimedOut` or `NoSuchKey`. */
  readonly code: string;
  /** HTTP status; 4xx is the caller's fault, 5xx makes SDK clients retry. */
  readonly status: number;
  /** Further members of the error's shape, for example `reason` of a ValidationException. */
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(
    code: string,
    message: string,
    { status = 400, ...fields }: { status?: number; [field: string]: unknown } = {},
  ) {
    super(message);
    this.code = code;
    this.status = status;
    this.fields = fields;
  }
}
