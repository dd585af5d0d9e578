import type { NoticeAbout, Templates } from "./Notice.ts";

const isRussian = ({ locale }: NoticeAbout) => /^ru\b/i.test(locale);

const hello = (about: NoticeAbout): string => {
  const name = about.name === null ? "" : `, ${about.name}`;
  return isRussian(about) ? `Здравствуйте${name}!` : `Hello${name},`;
};

const escaped = (text: string) =>
  text.replace(/[&<>"]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign] ?? sign);

const paragraphs = (...texts: ReadonlyArray<string>) => ({
  text: texts.join("\n\n"),
  html: texts.map((text) => `<p>${escaped(text).replace(/\n/g, "<br>")}</p>`).join("\n"),
});

/** The language that somebody is written to in who did not say: Russian where most letters are Cyrillic. */
export const localeOf = (text: string): string => {
  const cyrillic = text.match(/\p{Script=Cyrillic}/gu)?.length ?? 0;
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  return cyrillic * 2 > letters ? "ru" : "en";
};

export const defaultTemplates: Templates = {
  acknowledgement: (about) => ({
    subject: about.subject,
    ...(isRussian(about)
      ? paragraphs(
          hello(about),
          `Мы получили ваше обращение, его номер ${about.ticketId}. Мы уже работаем над ним и ответим на этот адрес.`,
          "Чтобы что-нибудь добавить, ответьте на это письмо.",
        )
      : paragraphs(
          hello(about),
          `We have received your request, its number is ${about.ticketId}. It is being worked on, and we will answer you here.`,
          "To add anything, simply reply to this message.",
        )),
  }),
  reply: (about) => {
    const signature = about.author === null ? "" : `\n\n-- \n${about.author}`;
    const html = about.html ?? `<p>${escaped(about.text).replace(/\n/g, "<br>")}</p>`;
    return {
      subject: about.subject,
      text: about.text + signature,
      html: about.author === null ? html : `${html}\n<p>-- <br>${escaped(about.author)}</p>`,
    };
  },
  closing: (about) => ({
    subject: about.subject,
    ...(isRussian(about)
      ? paragraphs(hello(about), `Ваше обращение ${about.ticketId} решено. Спасибо, что написали нам!`)
      : paragraphs(hello(about), `Your request ${about.ticketId} is solved. Thank you for writing to us!`)),
  }),
};
