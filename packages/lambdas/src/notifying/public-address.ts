import { BlockList, isIP } from "node:net";

/** What is no address of the Internet's. @see https://www.iana.org/assignments/iana-ipv4-special-registry https://www.iana.org/assignments/iana-ipv6-special-registry */
const V4 = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
];
/** Of IPv6 the Internet has this part alone, and in it there are ways to addresses of IPv4. */
const INTERNET_V6 = "2000::/3";
const WITHIN_V6 = ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"];

const listOf = (ranges: readonly string[], family: "ipv4" | "ipv6"): BlockList => {
  const list = new BlockList();
  for (const range of ranges) {
    const [network = "", bits] = range.split("/");
    list.addSubnet(network, Number(bits), family);
  }
  return list;
};
const special4 = listOf(V4, "ipv4");
const internet6 = listOf([INTERNET_V6], "ipv6");
const special6 = listOf(WITHIN_V6, "ipv6");

/** Whether an address is the Internet's: none of a machine's own, of a network's own, or of a cloud's metadata. */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !special4.check(address, "ipv4");
    case 6:
      return internet6.check(address, "ipv6") && !special6.check(address, "ipv6");
    default:
      return false;
  }
}
