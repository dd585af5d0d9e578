/** A mail of a customer. */
export const mail = (subject: string, text = `About ${subject}.`): string =>
  [
    "From: Anna <anna@customer.example>",
    "To: support@test.local",
    `Subject: ${subject}`,
    `Message-ID: <${subject.replaceAll(" ", "-")}@customer.example>`,
    "Date: Sat, 21 Nov 2026 10:00:00 +0000",
    "",
    text,
    "",
  ].join("\r\n");

/** A mail with a text in two forms and an attachment. */
export const mailWithFile = (subject: string, file: Buffer): string =>
  [
    "From: Anna <anna@customer.example>",
    "To: support@test.local",
    `Subject: ${subject}`,
    `Message-ID: <${subject.replaceAll(" ", "-")}@customer.example>`,
    "Date: Sat, 21 Nov 2026 10:00:00 +0000",
    "MIME-Version: 1.0",
    'Content-Type: multipart/mixed; boundary="outer"',
    "",
    "--outer",
    'Content-Type: multipart/alternative; boundary="inner"',
    "",
    "--inner",
    "Content-Type: text/plain; charset=utf-8",
    "Content-Transfer-Encoding: base64",
    "",
    Buffer.from("Die Übersicht hängt an.").toString("base64"),
    "--inner",
    "Content-Type: text/html; charset=utf-8",
    "Content-Transfer-Encoding: quoted-printable",
    "",
    "<p>Die =C3=9Cbersicht h=C3=A4ngt an.</p>",
    "--inner--",
    "--outer",
    'Content-Type: video/mp4; name="film.mp4"',
    'Content-Disposition: attachment; filename="film.mp4"',
    "Content-Transfer-Encoding: base64",
    "",
    file.toString("base64").replace(/(.{76})/g, "$1\r\n"),
    "--outer--",
    "",
  ].join("\r\n");
