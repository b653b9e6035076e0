import { BlockList, isIP } from 'node:net';

/** Names for networks, the same as the API's. */
const NAMED = new Map([
  ['loopback', ['127.0.0.0/8', '::1/128']],
  ['linklocal', ['169.254.0.0/16', 'fe80::/10']],
  ['uniquelocal', ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7']],
]);

const LOOPBACK = networks(['loopback']);

/** Tells whose connection one is, behind proxies that are believed. */
export class Addresses {
  private readonly trusted: BlockList;

  /**
   * @param trusted addresses and networks of proxies, as in `NESTS_TRUSTED_PROXIES`
   * @throws when one of them is neither
   */
  constructor(trusted: string[]) {
    this.trusted = networks(trusted);
  }

  /**
   * Under which name connections are counted together: an IPv4 address, or the /64 that a household has of IPv6. Null for
   * this machine itself, which is not counted: a proxy on it may be one that nobody told us to believe.
   * @param peer who connects
   * @param forwardedFor the header in which each proxy has added who asked it
   */
  countedAs(peer: string, forwardedFor: string | undefined): string | null {
    const said = (forwardedFor ?? '').split(',').map((part) => part.trim());
    let client = plain(peer);
    for (const before of said.reverse()) {
      if (!has(this.trusted, client) || isIP(before) === 0) break;
      client = plain(before);
    }
    if (has(LOOPBACK, client)) return null;
    return isIP(client) === 6 ? prefixOf(client) : client;
  }
}

function networks(names: string[]): BlockList {
  const list = new BlockList();
  for (const network of names.flatMap((name) => NAMED.get(name) ?? [name])) {
    const [address = '', bits] = network.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    list.addSubnet(address, bits === undefined ? (family === 'ipv6' ? 128 : 32) : Number(bits), family);
  }
  return list;
}

function has(list: BlockList, address: string): boolean {
  return isIP(address) > 0 && list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

/** An IPv4 address that came by an IPv6 socket is one of IPv4. */
function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}

function prefixOf(address: string): string {
  const [head = '', tail] = (address.split('%')[0] ?? '').toLowerCase().split('::');
  const groups = head === '' ? [] : head.split(':');
  if (tail !== undefined) {
    const last = tail === '' ? [] : tail.split(':');
    while (groups.length + last.length < 8) groups.push('0');
  }
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}
