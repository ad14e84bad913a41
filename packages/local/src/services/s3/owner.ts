/** Who owns everything here. S3's ids of owners are 64 hexadecimal digits. */
export const OWNER = { ID: "6c6f63616c".padEnd(64, "0"), DisplayName: "local" } as const;
