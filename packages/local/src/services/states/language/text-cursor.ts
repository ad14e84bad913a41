/** A position in a text that is being parsed. */
export interface Cursor {
  readonly position: number;
  peek(text: string): boolean;
  /** Moves past `text` if it is next. */
  skip(text: string): boolean;
  expect(text: string): void;
  /** Moves past what the sticky pattern matches here and returns it. */
  take(pattern: RegExp): string | undefined;
  space(): void;
  since(start: number): string;
  end(): void;
  error(message: string): SyntaxError;
}

export function cursor(text: string): Cursor {
  let position = 0;
  const error = (message: string) =>
    new SyntaxError(`${message} at position ${position + 1} of ${JSON.stringify(text)}`);
  const at: Cursor = {
    get position() {
      return position;
    },
    peek: (expected) => text.startsWith(expected, position),
    skip(expected) {
      const found = text.startsWith(expected, position);
      if (found) position += expected.length;
      return found;
    },
    expect(expected) {
      if (!at.skip(expected)) throw error(`expected ${expected}`);
    },
    take(pattern) {
      pattern.lastIndex = position;
      const found = pattern.exec(text)?.[0];
      if (found !== undefined) position += found.length;
      return found;
    },
    space() {
      at.take(/\s*/y);
    },
    since: (start) => text.slice(start, position),
    end() {
      if (position < text.length) throw error(`unexpected ${JSON.stringify(text.slice(position, position + 10))}`);
    },
    error,
  };
  return at;
}
