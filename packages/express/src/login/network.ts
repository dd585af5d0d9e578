import { isIP } from "node:net";

/**
 * What stands for the client at an address: an IPv4 address itself, the /64 of an IPv6 address, which is what one
 * customer has for their own (RFC 6177, 2). What is no address is one client.
 */
export const networkOf = (address = ""): string => {
  const [bare = ""] = address.split("%");
  const family = isIP(bare);
  if (family !== 6) return family === 4 ? bare : "";
  const groups = groupsOf(bare);
  // An IPv4 client of a server that listens for both (RFC 4291, 2.5.5.2).
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff)
    return groups
      .slice(6)
      .flatMap((group) => [group >> 8, group & 255])
      .join(".");
  return groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(":");
};

/** The eight numbers of an IPv6 address. */
const groupsOf = (address: string): ReadonlyArray<number> => {
  const [front = [], back = []] = address.split("::").map((part) => part.split(":").flatMap(numbersOf));
  return [...front, ...Array<number>(8 - front.length - back.length).fill(0), ...back];
};

const numbersOf = (group: string): ReadonlyArray<number> => {
  if (group === "") return [];
  const [a = 0, b = 0, c = 0, d = 0] = group.split(".").map(Number);
  return group.includes(".") ? [a * 256 + b, c * 256 + d] : [Number.parseInt(group, 16)];
};
