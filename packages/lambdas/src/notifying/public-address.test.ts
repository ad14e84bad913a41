import { expect, test } from "vitest";
import { isPublicAddress } from "./public-address.ts";

test.each(["8.8.8.8", "52.95.110.1", "172.32.0.1", "2600:1f18::1", "2a00:1450:4001::200e"])(
  "%s is the Internet's",
  (address) => expect(isPublicAddress(address)).toBe(true),
);

test.each([
  "127.0.0.1",
  "0.0.0.0",
  "10.1.2.3",
  "172.16.0.1",
  "192.168.1.1",
  "169.254.169.254",
  "100.64.0.1",
  "224.0.0.1",
  "::1",
  "::",
  "::ffff:10.0.0.1",
  "::ffff:8.8.8.8",
  "64:ff9b::a00:1",
  "fd00::1",
  "fe80::1",
  "ff02::1",
  "2002:a00:1::",
  "2001:db8::1",
  "example.org",
  "",
])("%j is not", (address) => expect(isPublicAddress(address)).toBe(false));
