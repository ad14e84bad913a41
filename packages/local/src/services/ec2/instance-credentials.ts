/** The alphabet of AWS's access key ids: base 32. */
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** 17 hexadecimal digits are 68 bits; 14 characters hold 70. */
const ENCODED_LENGTH = 14;
const PREFIX = "ASIALO";

/** The access key id of an instance's credentials. It names the instance, so that nothing must be kept to tell who calls. */
export function accessKeyIdOf(instanceId: string): string {
  let bits = BigInt(`0x${instanceId.slice("i-".length)}`);
  let encoded = "";
  for (let index = 0; index < ENCODED_LENGTH; index++) {
    encoded = ALPHABET.charAt(Number(bits & 31n)) + encoded;
    bits >>= 5n;
  }
  return PREFIX + encoded;
}

/** The instance whose credentials signed a call; undefined for every other caller. */
export function instanceOf(accessKeyId: string): string | undefined {
  if (!accessKeyId.startsWith(PREFIX) || accessKeyId.length !== PREFIX.length + ENCODED_LENGTH) return undefined;
  let bits = 0n;
  for (const char of accessKeyId.slice(PREFIX.length)) {
    const value = ALPHABET.indexOf(char);
    if (value < 0) return undefined;
    bits = (bits << 5n) | BigInt(value);
  }
  return `i-${bits.toString(16).padStart(17, "0")}`;
}
