/** The link of a nest with an invitation in its fragment, which no server sees. */
export function withInvitation(link: string, secret: string): string {
  return `${link}#invite=${encodeURIComponent(secret)}`;
}
