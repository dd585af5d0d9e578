import { describe, expect, test } from "vitest";
import { parseMail } from "../../src/parse/parseMail.ts";
import { readReport } from "../../src/report/readReport.ts";
import { multipart, rawMail } from "../rawMail.ts";

const own = { addresses: ["support@example.com"], domain: "example.com" };
const ours = "<t42.k3.aaaaaaaaaaaaaaaa@example.com>";
const daemon = [
  "Return-Path: <>",
  "From: Mail Delivery System <MAILER-DAEMON@mx.example.net>",
  "To: support@example.com",
];
const returned = `From: support@example.com\r\nTo: bob@example.net\r\nSubject: Your ticket\r\nMessage-ID: ${ours}\r\nReferences: <first@example.com>`;
const text = ["Content-Type: text/plain"];
const report = (headers: ReadonlyArray<string>, content = "") => readReport(parseMail(rawMail(headers, content)), own);

const dsn = (
  fields: string,
  mail: readonly [ReadonlyArray<string>, string] = [["Content-Type: message/rfc822"], `${returned}\r\n\r\nHello`],
) => {
  const status = [
    ["Content-Type: message/delivery-status"],
    `Reporting-MTA: dns; mx.example.net\r\n\r\n${fields}`,
  ] as const;
  const [headers, content] = multipart("report; report-type=delivery-status", [text, "It failed."], status, mail);
  return report([...daemon, "Subject: Undelivered Mail Returned to Sender", ...headers], content);
};

describe("a delivery status", () => {
  test("names its recipients, why, and the mail", () => {
    expect(
      dsn(
        "Final-Recipient: rfc822; Bob@Example.net\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 <bob@example.net>: User unknown",
      ),
    ).toEqual({
      refs: [ours, "<first@example.com>"],
      recipients: [
        {
          address: "bob@example.net",
          outcome: "failed",
          isAddressBad: true,
          status: "5.1.1",
          reason: "550 5.1.1 <bob@example.net>: User unknown",
        },
      ],
    });
  });

  test("names several, each with an outcome of its own", () => {
    const one = (address: string, action: string, status: string) =>
      `Original-Recipient: rfc822;${address}\r\nFinal-Recipient: rfc822;x@relay.example\r\nAction: ${action}\r\nStatus: ${status}`;
    const all = [
      one("a@example.net", "failed", "5.2.2"),
      one("b@example.net", "delayed", "4.4.1"),
      one("c@example.net", "relayed", "2.0.0"),
      one("d@example.net", "expanded", "2.0.0"),
      one("e@example.net", "delivered", "2.1.5"),
    ];
    expect(
      dsn(all.join("\r\n\r\n"))?.recipients.map(({ address, outcome, isAddressBad }) => [
        address[0],
        outcome,
        isAddressBad,
      ]),
    ).toEqual([
      ["a", "failed", false],
      ["b", "delayed", false],
      ["c", "delivered", false],
      ["d", "delivered", false],
      ["e", "delivered", false],
    ]);
  });

  test.each([
    ["5.1.1", "550 5.1.1 User unknown", true],
    ["5.1.10", "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found", true],
    ["5.0.0", "550 No such user here", true],
    ["5.0.0", "550 5.1.1 mailbox does not exist", true],
    ["5.4.4", "Host or domain name not found. Name service error for name=exmaple.net type=A: Host not found", true],
    ["5.1.2", "Unrouteable address", true],
    ["5.2.2", "552 5.2.2 Mailbox full", false],
    ["5.7.1", "550 5.7.1 Message rejected as spam", false],
    ["5.7.1", "554 5.7.1 Service unavailable; client host blocked using a block list", false],
    ["5.1.1", "550 5.1.1 Mailbox is over quota", false],
    ["5.3.4", "552 5.3.4 Message too big", false],
    ["4.4.7", "Delivery expired", false],
    ["5.7.26", "550-5.7.26 Unauthenticated email is not accepted due to the domain's DMARC policy", false],
    ["5.1.8", "553 5.1.8 Sender address rejected: domain not found", false],
  ])("with %s and %j says of the address itself that it is bad: %s", (status, diagnostic, isBad) => {
    const found = dsn(
      `Final-Recipient: rfc822; bob@example.net\r\nAction: failed\r\nStatus: ${status}\r\nDiagnostic-Code: smtp; ${diagnostic}`,
    );
    expect(found?.recipients).toMatchObject([{ outcome: "failed", isAddressBad: isBad }]);
  });

  test("of 5.0.0 is as precise as what the server said", () => {
    const found = dsn(
      "Final-Recipient: rfc822; bob@example.net\r\nAction: failed\r\nStatus: 5.0.0\r\nDiagnostic-Code: smtp; 550 5.2.1 disabled",
    );
    expect(found?.recipients[0]?.status).toBe("5.2.1");
  });

  test("without a reason takes that of the text for people", () => {
    const status = [
      ["Content-Type: message/delivery-status"],
      "Final-Recipient: rfc822; bob@example.net\r\nAction: failed\r\nStatus: 5.0.0",
    ] as const;
    const said = [text, "Could not deliver:\r\n\r\nbob@example.net: 550 5.1.1 No such user"] as const;
    const found = report([...daemon, ...multipart("report", said, status)[0]], multipart("report", said, status)[1]);
    expect(found?.recipients).toMatchObject([{ address: "bob@example.net", isAddressBad: true, status: "5.1.1" }]);
  });
});

describe("the returned mail is found", () => {
  const failed = "Final-Recipient: rfc822; bob@example.net\r\nAction: failed\r\nStatus: 5.1.1";
  const base64 = Buffer.from(`${returned}\r\n\r\nHello`).toString("base64");

  test.each([
    ["as a whole", [["Content-Type: message/rfc822"], `${returned}\r\n\r\nHello`]],
    ["as a whole, in base64", [["Content-Type: message/rfc822", "Content-Transfer-Encoding: base64"], base64]],
    ["as its header", [["Content-Type: text/rfc822-headers"], returned]],
    ["as a header with capitals and folds", [["Content-Type: Text/RFC822-Headers"], `X: y\r\nMESSAGE-ID:\r\n ${ours}`]],
    ["in a text", [["Content-Type: text/plain"], `Your mail:\r\n\r\n  Message-ID: ${ours}\r\n  Subject: Your ticket`]],
    ["in a text, quoted", [["Content-Type: text/plain"], `> From: a\r\n> Message-Id: ${ours}`]],
    [
      "by the name that Microsoft gives the original",
      [
        ["Content-Type: message/rfc822"],
        `Message-ID: <new@outlook.example>\r\nX-Microsoft-Original-Message-ID: ${ours}\r\n\r\nHello`,
      ],
    ],
    [
      "among its references",
      [
        ["Content-Type: message/rfc822"],
        `Message-ID: <new@amazonses.example>\r\nReferences: <first@example.com> ${ours}\r\n\r\nHello`,
      ],
    ],
    ["in a part that lost its header", [["Received: from a", `Message-ID: ${ours}`], "Hello"]],
  ] as const)("%s", (_, part) => {
    expect(dsn(failed, part)?.refs).toContain(ours);
  });

  test("by what the report answers", () => {
    expect(
      report([...daemon, "Subject: failure notice", `In-Reply-To: ${ours}`], "Could not be delivered: bob@example.net")
        ?.refs,
    ).toEqual([ours]);
  });
});

describe("a bounce without a part for machines is known", () => {
  test.each([
    [
      "qmail",
      "failure notice",
      "Hi. This is the qmail-send program.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; I've given up.\n\n<bob@example.net>:\n192.0.2.1 does not like recipient.\nRemote host said: 550 5.1.1 no such user\n\n--- Below this line is a copy of the message.\n\n",
      true,
    ],
    [
      "Exim",
      "Mail delivery failed: returning message to sender",
      "A message that you sent could not be delivered to one or more of its\nrecipients. The following address(es) failed:\n\n  bob@example.net\n    Unrouteable address\n\n------ This is a copy of the message, including all the headers. ------\n\n",
      true,
    ],
    [
      "Exchange",
      "Undeliverable: Your ticket",
      "Your message did not reach some or all of the intended recipients.\n\nThe following recipient(s) could not be reached:\n\nbob@example.net on 2/3/2025 2:05 PM\n The e-mail account does not exist at the organization.\n\n",
      true,
    ],
    [
      "a Russian server",
      "Недоставленное сообщение",
      "Ваше сообщение не было доставлено получателю bob@example.net:\nпользователь не найден\n\n",
      true,
    ],
    [
      "a full mailbox",
      "Delivery Status Notification (Failure)",
      "Delivery to the following recipient failed permanently:\n\n     bob@example.net\n\nThe mailbox is full: 552 5.2.2 over quota\n\n----- Original message -----\n\n",
      false,
    ],
  ])("of %s", (_, subject, body, isBad) => {
    const found = report([...daemon, `Subject: ${subject}`], body + returned.replaceAll("\r\n", "\n"));
    expect(found?.refs).toContain(ours);
    expect(found?.recipients).toMatchObject([{ address: "bob@example.net", outcome: "failed", isAddressBad: isBad }]);
  });

  test("that says the mail is only late", () => {
    const body =
      "This is a warning message only.\nYour message has not yet been delivered to:\n\n bob@example.net\n\n450 4.2.0 greylisted. Delivery attempts will continue.\n";
    expect(report([...daemon, "Subject: Warning: message 1abc delayed 24 hours"], body)?.recipients).toMatchObject([
      { address: "bob@example.net", outcome: "delayed", isAddressBad: false },
    ]);
  });

  test("by the header that names who did not get it", () => {
    expect(
      report(
        ["From: ann@example.net", "X-Failed-Recipients: bob@example.net, carl@example.net"],
        "No such user",
      )?.recipients.map(({ address }) => address),
    ).toEqual(["bob@example.net", "carl@example.net"]);
  });

  test("that names nobody is about those to whom the mail was sent", () => {
    expect(
      report(
        [...daemon, "Subject: failure notice"],
        `Your mail was rejected.\n\n${returned.replaceAll("\r\n", "\n")}`,
      )?.recipients.map(({ address }) => address),
    ).toEqual(["bob@example.net"]);
  });
});

describe("other reports are known", () => {
  test("a receipt", () => {
    const part = [
      ["Content-Type: message/disposition-notification"],
      `Final-Recipient: rfc822;bob@example.net\r\nOriginal-Message-ID: ${ours}\r\nDisposition: manual-action/MDN-sent-manually; displayed`,
    ] as const;
    const [headers, content] = multipart("report; report-type=disposition-notification", [text, "It was shown."], part);
    expect(report(["From: bob@example.net", ...headers], content)).toMatchObject({
      refs: [ours],
      recipients: [{ address: "bob@example.net", outcome: "delivered" }],
    });
  });

  test("a complaint", () => {
    const part = [
      ["Content-Type: message/feedback-report"],
      "Feedback-Type: abuse\r\nUser-Agent: x\r\nOriginal-Rcpt-To: <bob@example.net>",
    ] as const;
    const mail = [["Content-Type: message/rfc822"], `${returned}\r\n\r\nHello`] as const;
    const [headers, content] = multipart("report; report-type=feedback-report", [text, "Abuse."], part, mail);
    expect(report(["From: fbl@example.org", ...headers], content)).toMatchObject({
      refs: [ours, "<first@example.com>"],
      recipients: [{ address: "bob@example.net", outcome: "complaint" }],
    });
  });

  test("a complaint that is only the mail, as Microsoft sends it", () => {
    const [headers, content] = multipart("mixed", [
      ["Content-Type: message/rfc822"],
      `X-HmXmrOriginalRecipient: bob@example.net\r\n${returned}\r\n\r\nHello`,
    ]);
    expect(
      report(["From: staff@hotmail.example", "Subject: complaint about message from 192.0.2.1", ...headers], content),
    ).toMatchObject({ refs: [ours], recipients: [{ outcome: "complaint" }] });
  });

  test.each([
    [
      {
        notificationType: "Bounce",
        bounce: {
          bounceType: "Permanent",
          bouncedRecipients: [
            { emailAddress: "bob@example.net", status: "5.1.1", diagnosticCode: "smtp; 550 5.1.1 user unknown" },
          ],
        },
      },
      "failed",
      true,
    ],
    [
      {
        notificationType: "Bounce",
        bounce: { bounceType: "Transient", bouncedRecipients: [{ emailAddress: "bob@example.net" }] },
      },
      "delayed",
      false,
    ],
    [
      { notificationType: "Complaint", complaint: { complainedRecipients: [{ emailAddress: "bob@example.net" }] } },
      "complaint",
      false,
    ],
    [
      { notificationType: "Delivery", delivery: { recipients: ["bob@example.net"], smtpResponse: "250 2.0.0 OK" } },
      "delivered",
      false,
    ],
  ])("a notification of Amazon: %j", (notification, outcome, isBad) => {
    const json = JSON.stringify({
      ...notification,
      mail: { messageId: "x", headers: [{ name: "Message-ID", value: ours }] },
    });
    for (const body of [json, `${json}\n--\nUnsubscribe here`, JSON.stringify({ Type: "Notification", Message: json })])
      expect(report(["From: no-reply@sns.amazonaws.com"], body)).toMatchObject({
        refs: [ours, "<x@email.amazonses.com>"],
        recipients: [{ address: "bob@example.net", outcome, isAddressBad: isBad }],
      });
  });
});

describe("no report is", () => {
  test.each([
    [
      "a question about one",
      ["From: ann@example.net", "Subject: Mail delivery failed"],
      "Why do I get: 550 5.1.1 User unknown? My mail could not be delivered.",
    ],
    [
      "a mail of an administrator",
      ["From: System Administrator <admin@example.net>", "Subject: Delivery problem"],
      "Our mails to you are rejected, please check.",
    ],
    [
      "an out-of-office reply",
      [
        "Return-Path: <>",
        "From: ann@example.net",
        "Auto-Submitted: auto-replied",
        "Subject: Automatic reply: Your ticket",
      ],
      "I can't be reached. Your mail was not delivered to anybody else.",
    ],
    [
      "an out-of-office reply with a subject like any other",
      ["Return-Path: <>", "From: ann@example.net", "Auto-Submitted: auto-replied", "Subject: Your ticket"],
      "I am away and can't be reached by phone.",
    ],
    [
      "a newsletter",
      ["From: no-reply@shop.example", "Subject: Delivery status of your parcel"],
      "Your parcel could not be delivered, as nobody was at home.",
    ],
    ["a mail", ["From: ann@example.net", "Subject: Returned"], "I returned the printer."],
    ["a mail of nobody", [], ""],
  ])("%s", (_, headers, body) => {
    expect(report(headers, body)).toBeNull();
  });

  test("a mail to which somebody attached one", () => {
    const inner = [
      "Content-Type: multipart/report; boundary=x",
      "",
      "--x",
      "Content-Type: message/delivery-status",
      "",
      "Action: failed",
      "--x--",
    ].join("\r\n");
    const [headers, content] = multipart(
      "mixed",
      [text, "What does this mean?"],
      [["Content-Type: message/rfc822"], inner],
    );
    expect(report(["From: ann@example.net", "Subject: Help", ...headers], content)).toBeNull();
  });
});
