import { describe, expect, test } from "vitest";
import { visibleReply } from "../../src/visible/visibleReply.ts";

const own = "Thank you, that worked.\n\nOne more question: where is the invoice?";
const quoted = "> Hello,\n>\n> please try again.\n> Ann";
const unquoted = "Hello,\n\nplease try again.\nAnn";
const visible = (text: string, isForward?: boolean) => visibleReply(text, isForward).visible;

/** Who wrote, and when, as mail programs say it. */
const introductions = [
  "On Mon, 3 Feb 2025 at 14:05, Ann Lee <ann@example.com> wrote:",
  "On Feb 3, 2025, at 2:05 PM, Ann Lee <ann@example.com> wrote:",
  "On 03/02/2025 14:05, Ann Lee wrote:",
  "On Monday, February 3, 2025 at 02:05:12 PM GMT+1, Ann Lee <ann@example.com> wrote: ",
  "On Mon, 3 Feb 2025 14:05:00 +0100 Ann Lee <ann@example.com> wrote",
  "On Mon, 3 Feb 2025 at 14:05, Ann Lee from the Department of Long Names <\nann@example.com> wrote:",
  "On Mon, 3 Feb 2025 at 14:05, Ann Lee <ann@example.com>\nwrote:",
  "On Mon, 3 Feb 2025 at 14:05, Ann Lee\n<ann@example.com>\nwrote:",
  "Ann Lee <ann@example.com> wrote on Mon, 3 Feb 2025 at 14:05:",
  "Am 03.02.2025 um 14:05 schrieb Ann Lee <ann@example.com>:",
  "Am Mo., 3. Feb. 2025 um 14:05 Uhr schrieb Ann Lee <ann@example.com>:",
  "Am Montag, 3. Februar 2025, 14:05:12 MEZ hat Ann Lee <ann@example.com> Folgendes geschrieben:",
  "Ann Lee <ann@example.com> schrieb am Mo., 3. Feb. 2025, 14:05:",
  "Le lun. 3 févr. 2025 à 14:05, Ann Lee <ann@example.com> a écrit :",
  "Le 03/02/2025 à 14:05, Ann Lee a écrit :",
  "El lun, 3 feb 2025 a las 14:05, Ann Lee (<ann@example.com>) escribió:",
  "El 3 de febrero de 2025 14:05:12 CET, Ann Lee <ann@example.com> escribió:",
  "Em seg., 3 de fev. de 2025 às 14:05, Ann Lee <ann@example.com> escreveu:",
  "Il giorno lun 3 feb 2025 alle ore 14:05 Ann Lee <ann@example.com> ha scritto:",
  "Il 03/02/2025 14:05, Ann Lee ha scritto:",
  "Op ma 3 feb 2025 om 14:05 schreef Ann Lee <ann@example.com>:",
  "Op 3 feb. 2025, om 14:05 heeft Ann Lee <ann@example.com> het volgende geschreven:",
  "Den mån 3 feb. 2025 kl 14:05 skrev Ann Lee <ann@example.com>:",
  "Den man. 3. feb. 2025 kl. 14.05 skrev Ann Lee <ann@example.com>:",
  "man. 3. feb. 2025 kl. 14:05 skrev Ann Lee <ann@example.com>:",
  "ma 3. helmik. 2025 klo 14.05 Ann Lee (ann@example.com) kirjoitti:",
  "W dniu 03.02.2025 o 14:05, Ann Lee pisze:",
  "pon., 3 lut 2025 o 14:05 Ann Lee <ann@example.com> napisał(a):",
  "W dniu pon., 3.02.2025 o 14:05 Ann Lee <ann@example.com>\nnapisał(a):",
  "Dnia 3 lutego 2025 14:05 Ann Lee <ann@example.com> napisała:",
  "po 3. 2. 2025 v 14:05 odesílatel Ann Lee <ann@example.com> napsal:",
  "Dne 3. 2. 2025 v 14:05 Ann Lee napsal(a):",
  "пн, 3 февр. 2025 г. в 14:05, Ann Lee <ann@example.com>:",
  "3 февраля 2025 г., в 14:05, Ann Lee <ann@example.com> написал(а):",
  "03.02.2025 14:05, Ann Lee пишет:",
  "03.02.2025, 14:05, «Ann Lee» <ann@example.com>:",
  'Понедельник, 3 февраля 2025, 14:05 +03:00 от "Ann Lee" <ann@example.com>:',
  "3 февр. 2025 г. 14:05 пользователь Ann Lee <ann@example.com> написал:",
  "пн, 3 лют. 2025 р. о 14:05 Ann Lee <ann@example.com> пише:",
  "3 лютого 2025 р. о 14:05 Ann Lee <ann@example.com> написав(ла):",
  '3 лютого 2025, 14:05:10, від "Ann Lee" <ann@example.com>:',
  "Ann Lee <ann@example.com>, 3 Şub 2025 Pzt, 14:05 tarihinde şunu yazdı:",
  "Ann Lee <ann@example.com> ezt írta (időpont: 2025. febr. 3., H, 14:05):",
  "În lun., 3 feb. 2025 la 14:05, Ann Lee <ann@example.com> a scris:",
  "2025年2月3日(月) 14:05 Ann Lee <ann@example.com>:",
  "Ann Lee <ann@example.com> 于2025年2月3日周一 14:05写道：",
  "Ann Lee <ann@example.com> 於 2025年2月3日 週一 下午2:05寫道：",
  "2025년 2월 3일 (월) 오후 2:05, Ann Lee <ann@example.com>님이 작성:",
  "Vào Th 2, 3 thg 2, 2025 vào lúc 14:05 Ann Lee <ann@example.com> đã viết:",
  "2025-02-03 14:05 GMT+01:00 Ann Lee <ann@example.com>:",
];

/** The header of what is quoted, as Outlook and others show it. */
const headers = [
  "From: Ann Lee <ann@example.com>\nSent: Monday, February 3, 2025 2:05 PM\nTo: Bob\nSubject: Invoice",
  "*From:* Ann Lee [mailto:ann@example.com]\n*Sent:* Monday, February 3, 2025 2:05 PM\n*To:* Bob\n*Subject:* Invoice",
  "Date: Mon, 3 Feb 2025 14:05:00 +0100\nSubject: Invoice\nFrom: ann@example.com\nTo: bob@example.com",
  "From: ann@example.com\nDate: Mon, 3 Feb 2025 14:05:00 +0100",
  "From: Ann Lee\n<ann@example.com>\nSent: Monday, February 3, 2025 2:05 PM\nTo: Bob; Carl;\n Dora\nSubject: A subject that is long\nand goes on",
  "Von: Ann Lee <ann@example.com>\nGesendet: Montag, 3. Februar 2025 14:05\nAn: Bob\nCc: Carl\nBetreff: Rechnung",
  "De : Ann Lee <ann@example.com>\nEnvoyé : lundi 3 février 2025 14:05\nÀ : Bob\nObjet : Facture",
  "De: Ann Lee <ann@example.com>\nEnviado el: lunes, 3 de febrero de 2025 14:05\nPara: Bob\nAsunto: Factura",
  "De: Ann Lee <ann@example.com>\nEnviada em: segunda-feira, 3 de fevereiro de 2025 14:05\nPara: Bob\nAssunto: Fatura",
  "Da: Ann Lee <ann@example.com>\nInviato: lunedì 3 febbraio 2025 14:05\nA: Bob\nOggetto: Fattura",
  "Van: Ann Lee <ann@example.com>\nVerzonden: maandag 3 februari 2025 14:05\nAan: Bob\nOnderwerp: Factuur",
  "Fra: Ann Lee <ann@example.com>\nSendt: mandag 3. februar 2025 14:05\nTil: Bob\nEmne: Faktura",
  "Från: Ann Lee <ann@example.com>\nSkickat: den 3 februari 2025 14:05\nTill: Bob\nÄmne: Faktura",
  "Lähettäjä: Ann Lee <ann@example.com>\nLähetetty: maanantai 3. helmikuuta 2025 14.05\nVastaanottaja: Bob\nAihe: Lasku",
  "Od: Ann Lee <ann@example.com>\nWysłano: poniedziałek, 3 lutego 2025 14:05\nDo: Bob\nTemat: Faktura",
  "Od: Ann Lee <ann@example.com>\nOdesláno: pondělí 3. února 2025 14:05\nKomu: Bob\nPředmět: Faktura",
  "От: Ann Lee <ann@example.com>\nОтправлено: 3 февраля 2025 г. 14:05\nКому: Bob\nТема: Счёт",
  "От: Ann Lee\nОтправлено: понедельник, 3 февраля 2025 г. 14:05\nКому: Bob",
  "Від: Ann Lee <ann@example.com>\nНадіслано: 3 лютого 2025 р. 14:05\nКому: Bob\nТема: Рахунок",
  "Kimden: Ann Lee <ann@example.com>\nGönderildi: 3 Şubat 2025 Pazartesi 14:05\nKime: Bob\nKonu: Fatura",
  "差出人: Ann Lee <ann@example.com>\n送信日時: 2025年2月3日 14:05\n宛先: Bob\n件名: 請求書",
  "发件人: Ann Lee <ann@example.com>\n发送时间: 2025年2月3日 14:05\n收件人: Bob\n主题: 发票",
  "보낸 사람: Ann Lee <ann@example.com>\n보낸 날짜: 2025년 2월 3일 월요일 오후 2:05\n받는 사람: Bob\n제목: 청구서",
];

const separators = [
  "-----Original Message-----",
  "----- Original Message -----",
  "-----Ursprüngliche Nachricht-----",
  "-------- Message d'origine --------",
  "-----Mensaje original-----",
  "-----Messaggio originale-----",
  "-----Oorspronkelijk bericht-----",
  "-----Oprindelig meddelelse-----",
  "-----Исходное сообщение-----",
  "-----Wiadomość oryginalna-----",
  "##- Please type your reply above this line -##",
  "--- Bitte antworten Sie oberhalb dieser Zeile ---",
];

describe("what is quoted below a reply is left out", () => {
  test.each(introductions)("after %j", (introduction) => {
    expect(visible(`${own}\n\n${introduction}\n\n${quoted}\n`)).toBe(own);
    expect(visible(`${own}\n\n${introduction}\n${quoted}`)).toBe(own);
    expect(visible(`${own}\n${introduction}\n${quoted}`)).toBe(own);
  });

  test.each(introductions.filter((each) => each.includes("@")))(
    "after %j, where the quote has no marks",
    (introduction) => {
      expect(visible(`${own}\n\n${introduction}\n\n${unquoted}`)).toBe(own);
    },
  );

  test.each(headers)("after %j", (header) => {
    expect(visible(`${own}\n\n${header}\n\n${unquoted}`)).toBe(own);
    expect(visible(`${own}\n\n________________________________\n${header}\n\n${unquoted}`)).toBe(own);
    expect(visible(`${own}\n\n${header.replaceAll("\n", "\n\n")}\n\n${unquoted}`).startsWith(own)).toBe(true);
  });

  test.each(separators)("after %j", (separator) => {
    expect(visible(`${own}\n\n${separator}\n\n${unquoted}`)).toBe(own);
  });

  test("without any introduction", () => {
    expect(visible(`${own}\n\n${quoted}`)).toBe(own);
    expect(visible(`${quoted}\n\n${own}`)).toBe(own);
  });

  test("above a reply", () => {
    expect(visible(`${introductions[0]}\n${quoted}\n\n${own}`)).toBe(own);
    expect(visible(`${introductions[2]}\n${quoted}\n${own}`)).toBe(own);
  });

  test("between two halves of a reply", () => {
    expect(visible(`Hello\n\n${introductions[0]}\n${quoted}\n\nBye`)).toBe("Hello\n\n\nBye");
  });

  test("where a mailer broke the quoted lines", () => {
    const broken = `> ${"word ".repeat(14)}and\nthe end of the line\n> more`;
    expect(visible(`${own}\n\n${introductions[0]}\n${broken}`)).toBe(own);
  });

  test("whatever the line ends", () => {
    expect(visible(`${own}\n\n${introductions[0]}\n${quoted}`.replaceAll("\n", "\r\n"))).toBe(own);
  });
});

describe("signatures are left out", () => {
  test.each([
    "-- \nAnn Lee\nExample Ltd.",
    "--\nAnn Lee",
    "Sent from my iPhone",
    "Sent from my Samsung Galaxy smartphone.",
    "Sent from Outlook for iOS<https://aka.ms/o0ukef>",
    "Get Outlook for Android<https://aka.ms/AAb9ysg>",
    "Sent with Proton Mail secure email.",
    "Von meinem iPhone gesendet",
    "Gesendet von Mail für Windows",
    "Envoyé de mon iPhone",
    "Enviado desde mi iPhone",
    "Enviado do meu iPhone",
    "Inviato da iPhone",
    "Verstuurd vanaf mijn iPhone",
    "Skickat från min iPhone",
    "Sendt fra min iPhone",
    "Lähetetty iPhonesta",
    "Wysłane z iPhone'a",
    "Отправлено с iPhone",
    "Отправлено из мобильной Почты Mail",
    "Надіслано з iPhone",
    "iPhoneから送信",
    "发自我的iPhone",
    "나의 iPhone에서 보냄",
    "iPhone'umdan gönderildi",
    "_______________________________________________\nusers mailing list\nhttps://lists.example.com/listinfo/users",
  ])("such as %j", (signature) => {
    expect(visible(`${own}\n\n${signature}`)).toBe(own);
    expect(visible(`${own}\n\n${signature}\n\n${introductions[0]}\n${quoted}`)).toBe(own);
  });

  test("but not what only looks like one", () => {
    for (const text of [
      "Sent from my desk, as the phone is broken.",
      "Hello\n\nSent from the warehouse on Monday, it has not arrived.",
      "Hello\n\n—\nAnn",
      `Options:\n--\n${"an option\n".repeat(20)}`.trim(),
      "Total:\n_____\n42",
    ])
      expect(visibleReply(text)).toEqual({ visible: text, cut: false });
  });

  test("but not what stands below a device that is named first", () => {
    expect(visible("Sent from my iPhone\n\nHello there")).toBe("Hello there");
  });
});

describe("nothing is lost", () => {
  test("where everything would be left out", () => {
    for (const text of [quoted, `${introductions[0]}\n${quoted}`, `${headers[0]}\n\n${unquoted}`, "-- \nAnn Lee", ""])
      expect(visibleReply(text)).toEqual({ visible: text, cut: false });
  });

  test("of a mail that is passed on", () => {
    for (const marker of [
      "---------- Forwarded message ---------",
      "Begin forwarded message:",
      "-------- Weitergeleitete Nachricht --------",
      "-------- Пересылаемое сообщение --------",
    ]) {
      const text = `See below.\n\n${marker}\n${headers[0]}\n\n${unquoted}`;
      expect(visibleReply(text)).toEqual({ visible: text, cut: false });
    }
  });

  test("of a mail whose subject says that it is passed on", () => {
    const text = `See below.\n\n${headers[0]}\n\n${unquoted}`;
    expect(visible(text)).toBe("See below.");
    expect(visible(text, true)).toBe(text);
  });

  test("but a mail that was passed on earlier, in what is quoted", () => {
    expect(visible(`${own}\n\n-----Original Message-----\n\n---------- Forwarded message ---------\n${unquoted}`)).toBe(
      own,
    );
  });

  test("of answers between the lines, with what they answer", () => {
    const text = `Hi Ann,\n\n${introductions[0]}\n> Which version is it?\n\n5.2\n\n> And which system?\n\nLinux`;
    expect(visible(`${text}\n\n> Regards\n> Ann`)).toBe(text);
  });

  test.each([
    "On your remote host you can run:\n\n    telnet 127.0.0.1 52698\n\nThis should connect.",
    "One outstanding question remains:\nwhere is it?",
    "Invitation for an interview:\n\nDate: Wednesday 3, October 2011\nTime: 7:00\nAddress: 130 Fox St\n\nPlease bring your ID.",
    "I want to travel\n\nFrom: Moscow\nTo: Berlin\nDate: 12.03.2025\n\nPlease book it.",
    "Name: Ann\nEmail: ann@example.com\nSubject: Help\n\nMy printer is broken.",
    "We met on Monday at 10:30, and he said:\n\nIt will be done.",
    "Please call +49 89 123456 before 15:30:\nit is urgent",
    "Look:\n>>> import this <<<\nand that",
    "At 10:00 we mailed support@example.com and got this answer:\nnothing",
    "Data:\n1\n2\n\nA: yes\nB: no",
  ])("of %j", (text) => {
    expect(visibleReply(text)).toEqual({ visible: text, cut: false });
  });

  test("of lines that a customer wrote, wherever they stand among quotes", () => {
    const lines = [
      "Hello",
      "It works.",
      "",
      "> Does it?",
      "> Really?",
      "Yes",
      introductions[0] ?? "",
      "> One",
      "Two words",
      "3",
    ];
    for (let seed = 1; seed <= 500; seed++) {
      let state = seed * 2_654_435_761;
      const next = (below: number) => {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
        return state % below;
      };
      // Certain introductions cut everything below them that has no marks, so quotes follow them here.
      const mail = Array.from({ length: 3 + next(10) }, () => lines[next(lines.length)] ?? "").flatMap((line) =>
        line === introductions[0] ? [line, "> quoted"] : [line],
      );
      const shown = visible(mail.join("\n"));
      for (const line of mail) if (!/^>|^On /.test(line)) expect(shown, mail.join("\n")).toContain(line);
    }
  });

  test("of mails of any length, in no more time than they need", () => {
    for (const line of [
      "On ",
      "> a",
      "From: a@b",
      "a@b <a@b>",
      "-- ",
      "word ",
      "12:30 ",
      "wrote:",
      "<",
      ">",
      "_",
      "To: ",
    ])
      for (const text of [`${line}\n`.repeat(5000), line.repeat(20_000)]) expect(visible(text)).not.toBe("");
  });
});
