/**
 * A number whose text JavaScript would not give back: `0.0`, `1e400`, `12345678901234567890`. Step Functions hands on the text as it was;
 * what compares or computes takes the nearest double.
 */
export class ExactNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  get value(): number {
    return Number(this.text);
  }

  /** JavaScript's own stringify cannot write it. */
  toJSON(): never {
    throw new NotPlainError(`${this.text} is written as it was read`);
  }
}

/** JavaScript's own stringify would write something else than was read. */
export class NotPlainError extends Error {
  override readonly name = "NotPlainError";
}
