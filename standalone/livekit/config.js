import dns from 'node:dns/promises';
import { isIP } from 'node:net';
import { messageOf, Sentence } from '../sentence.js';

/**
 * @typedef {object} LiveKitPlan what the LiveKit that is started should be like
 * @property {string} host the address that signalling binds
 * @property {{port: number, udpPort: number, tcpPort: number}} ports where it listens
 * @property {string} [nodeIp] the address that browsers send their audio to, where it is not this machine alone
 * @property {{key: string, secret: string}} keys the key that the API uses too
 * @property {string} webhook where LiveKit tells what happened
 */

/**
 * LiveKit's configuration. Its reader is strict: a key it does not know ends it.
 * @param {LiveKitPlan} plan what it should be like
 * @returns {string} YAML, to be kept from other users of the machine (it holds the secret)
 */
export function livekitYaml({ host, ports, nodeIp, keys, webhook }) {
  const loopback = nodeIp === undefined;
  const text = JSON.stringify; // every JSON string is a YAML string
  return [
    '# Written by `npm start` at every start; changes here are lost.',
    `port: ${ports.port}`,
    `bind_addresses: [${text(host)}]`,
    'rtc:',
    `  node_ip: ${text(nodeIp ?? '127.0.0.1')}`,
    `  udp_port: ${ports.udpPort}`,
    `  tcp_port: ${ports.tcpPort}`,
    '  use_external_ip: false',
    `  enable_loopback_candidate: ${loopback}`,
    // Media over UDP listens on the loopback address alone, like everything else.
    ...(loopback ? ['  ips:', '    includes: ["127.0.0.1/32"]'] : []),
    // Without a STUN server of ours, LiveKit hands browsers those of Google and Twilio. This address does not answer
    // STUN, which costs nothing: browsers reach LiveKit directly, and learn nothing from strangers.
    `  stun_servers: [${text(`${nodeIp ?? '127.0.0.1'}:${ports.udpPort}`)}]`,
    'turn:',
    '  enabled: false',
    'room:',
    // Only the API makes rooms: a stale token cannot bring a deleted one back.
    '  auto_create: false',
    '  empty_timeout: 300',
    '  departure_timeout: 20',
    '  enabled_codecs:',
    '    - mime: audio/opus',
    '    - mime: audio/red',
    'api:',
    '  enable_psrpc_for_get_list_participants: true',
    'webhook:',
    `  api_key: ${text(keys.key)}`,
    `  urls: [${text(webhook)}]`,
    'logging:',
    '  json: true',
    '  level: warn',
    'keys:',
    `  ${text(keys.key)}: ${text(keys.secret)}`,
    '',
  ].join('\n');
}

/**
 * The address that browsers elsewhere send their audio to.
 * @param {string | undefined} publicUrl LiveKit as browsers reach it
 * @param {typeof dns.lookup} [lookup] asks the system
 * @returns {Promise<string | undefined>} an IP address; nothing when only this machine's browsers use it
 * @throws {Sentence} when the name in it has no address
 */
export async function publicAddress(publicUrl, lookup = dns.lookup) {
  if (publicUrl === undefined || !URL.canParse(publicUrl)) return undefined;
  const name = new URL(publicUrl).hostname.replace(/^\[|\]$/g, '');
  const address = isIP(name) ? name : await addressOf(name, lookup);
  return /^127\.|^::1$/.test(address) ? undefined : address;
}

/**
 * @param {string} name
 * @param {typeof dns.lookup} lookup
 */
async function addressOf(name, lookup) {
  try {
    return (await lookup(name, { family: 4 })).address;
  } catch (error) {
    throw new Sentence(`LIVEKIT_PUBLIC_URL names ${name}, which has no address: ${messageOf(error)}.`);
  }
}
