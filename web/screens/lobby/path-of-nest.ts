/** The path of a nest of ours, the same as protocol/address makes it; that module brings bech32 along, which the first paint does not need. */
export function pathOfNest(roomId: string, host: string): string {
  return `/nest/${encodeURIComponent(roomId)}#${host}`;
}
