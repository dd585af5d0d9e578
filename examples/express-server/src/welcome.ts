interface Words {
  readonly url: string;
  readonly admin: string;
  readonly customer: string;
  /** The mail of this machine; null where real servers have it. */
  readonly mail: { readonly address: string; readonly port: number | null } | null;
}

const mailWords = (url: string, { address, port }: NonNullable<Words["mail"]>) => `
  mail in     ${port === null ? "another program has the port: set MAIL_PORT" : `SMTP at 127.0.0.1:${port}, to ${address}`}
  mail out    ${url}/outbox`;

/** What the server says at its start: where things are, and two calls to try. */
export const welcome = ({ url, admin, customer, mail }: Words): string => `
Deskwright
  API         ${url}/support
  its pages   ${url}/support/docs
  live feed   ${url.replace("http", "ws")}/support/live?token=<token>
  login       POST ${url}/login  {"email": "…", "password": "…"}${mail ? mailWords(url, mail) : ""}

Open a ticket as a customer:
curl -X POST ${url}/support/tickets -H 'Authorization: Bearer ${customer}' -H 'Content-Type: application/json' -d '{"subject": "Printer on fire", "text": "It burns."}'

See all tickets as an admin:
curl ${url}/support/tickets -H 'Authorization: Bearer ${admin}'

listening on ${url}`;
