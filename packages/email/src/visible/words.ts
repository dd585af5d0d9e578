// How mail programs say it, by language. A word that is missing here costs a longer text to read, nothing else.

const either = (words: string) =>
  `(?:${words
    .trim()
    .split(/\s*\n\s*/)
    .join("|")})`;

/** Says that somebody wrote what follows. */
export const wrote = either(`
  wrote|writes
  schrieb|hat.{0,40}geschrieben|schreibt
  a [ée]crit|[ée]crivait
  escribi[óo]|ha escrito|va escriure
  escreveu
  ha scritto|ha inviato
  schreef|geschreven|heeft.{0,60}geschreven
  skrev|skrifa[ðd]i
  kirjoitti
  napisa[łl](?:\\(a\\)|a|\\/a)?|pisze|nap[ií]sal(?:\\(a\\)|a)?|napsal(?:\\(a\\)|a)?|p[ií][sš]e
  je napisao(?:\\/la)?|napisao|je pisal|napisal(?:a|\\/-a)?
  написал(?:а|\\(а\\))?|пишет|писал(?:а|\\(а\\))?|напис(?:ав|ала)(?:\\(ла\\))?|пише|написа
  yazdı|şunu yazdı|scris|a scris|írta|έγραψε|rašė|rakstīja|kirjutas
  đã viết|menulis|เขียนว่า
  さんは書きました|は書きました|のメール|写道|寫道|写到|작성|님이 작성|כתב(?:ה)?|مكتوب|كتب
`);

/** Begins the line that says who wrote, and when. */
export const opener = either(`
  On|At
  Am|Den|Op|På|Pa
  Le|El|Il|Em|En|In data|Il giorno|No dia
  W dniu|Dnia|Dne|D[ňn]a
  Vào|Pada|Tarih
`);

/** Names of the fields of a mail that is quoted with its header. */
export const fields: Readonly<Record<"from" | "sent" | "date" | "to" | "copy" | "subject" | "other", string>> = {
  from: either(`
    From|Sender
    Von|Absender
    De|Desde|Expéditeur|Remitente|Remetente|De la
    Da|Mittente
    Van|Afzender
    Fra|Från|Avsender|Avsändare|Lähettäjä
    Od|Nadawca|Odesílatel|Odosielateľ
    От|От кого|Отправитель|Від|Від кого|Відправник
    Kimden|Gönderen|Feladó|Από|Nuo|Saatja
    差出人|送信者|发件人|寄件者|寄件人|보낸\\s?사람|מאת|من
  `),
  sent: either(`
    Sent|Sent at|Sent on
    Gesendet|Gesendet am
    Envoy[ée]|Envoy[ée] le|Message du
    Enviado|Enviado el|Enviada|Enviado em|Enviada em|Data de envio
    Inviato
    Verzonden
    Sendt|Skickat|Skickad|Lähetetty
    Wysłano|Wysłane|Odesláno|Odoslané
    Отправлено|Отправлен|Надіслано|Відправлено
    Gönderildi|Gönderme Tarihi|Elküldve|Trimis|Στάλθηκε
    送信日時|发送时间|寄件日期|傳送時間|보낸\\s?날짜|נשלח
  `),
  date: either(`
    Date|Datum|Fecha|Data|Dato|Päivämäärä|Päiväys|Дата|Tarih|Dátum|Ημερομηνία|日時|日付|日期|날짜|תאריך
  `),
  to: either(`
    To|An|À|A|Para|Aan|Til|Till|Vastaanottaja|Do|Pro|Komu|Кому|Получатель|До|Kime|Alıcı|Címzett|Către|Προς|Kam
    宛先|收件人|받는\\s?사람|אל|إلى
  `),
  copy: either(`
    Cc|Copy|Kopie|Copie|Copie à|Copia|Kopia|Kopi|Kopio|Копия|Копія|DW|Bilgi|Másolat|抄送|副本|参照|참조|Bcc
  `),
  subject: either(`
    Subject|Betreff|Objet|Sujet|Asunto|Assunto|Oggetto|Onderwerp|Emne|Ämne|Aihe|Otsikko|Temat|Předmět|Predmet|Тема
    Konu|Tárgy|Subiect|Θέμα|件名|主题|主旨|제목|נושא|الموضوع
  `),
  other: either(`
    Reply-To|Reply to|Importance|Priority|Attachments?|Antwort an|Wichtigkeit|Anlagen?|Répondre à|Importanza|Cci|Cco|Bcc
    Важность|Вложения|Ответить|Важливість|Ważność|Organization|Mailed-By|Signed-By
  `),
};

/** Stands between dashes above what is quoted. */
export const original = either(`
  Original Message|Original Mail|Original Email|Reply message|Original Appointment|Reply
  Ursprüngliche Nachricht|Originalnachricht|Original-Nachricht|Ursprüngliche E-Mail|Antwort Nachricht
  Message d['’]origine|Message original|Message initial|E-mail d['’]origine
  Mensaje original|Mensagem original|Messaggio originale|Messaggio Originale
  Oorspronkelijk bericht|Origineel bericht
  Oprindelig meddelelse|Oprindelig besked|Original meddelelse|Opprinnelig melding|Originalmeddelande|Ursprungligt meddelande|Alkuperäinen viesti
  Исходное сообщение|Исходное письмо|Оригинальное сообщение|Первоначальное сообщение|Оригінальне повідомлення|Вихідне повідомлення|Початкове повідомлення
  Wiadomość oryginalna|Oryginalna wiadomość|Wiadomość pierwotna|Původní zpráva|Původní e-mail|Pôvodná správa
  Eredeti üzenet|Mesaj original|Mesajul original|Orijinal Mesaj|Özgün İleti|Αρχικό μήνυμα
  元のメッセージ|原始邮件|原始郵件|邮件原件|원본 메일|원본 메시지|הודעה מקורית
`);

/** Announces a mail that is passed on, and that is why it was sent. */
export const forwarded = either(`
  Forwarded message|Forwarded Mail|Forwarded email|Begin forwarded message|Start of forwarded message
  Weitergeleitete Nachricht|Weitergeleitete E-Mail|Anfang der weitergeleiteten (?:Nachricht|E-Mail)
  Message transféré|Début du message transféré|Message réexpédié|Début du message réexpédié
  Mensaje reenviado|Inicio del mensaje reenviado|Mensagem encaminhada|Início da mensagem (?:encaminhada|reencaminhada)
  Messaggio inoltrato|Inizio messaggio inoltrato
  Doorgestuurd bericht|Begin doorgestuurd bericht
  Videresendt (?:meddelelse|melding|besked)|Vidarebefordrat (?:meddelande|mejl)|Vidarebefordrat brev|Välitetty viesti|Edelleenlähetetty viesti
  Пересылаемое (?:сообщение|письмо)|Пересланное (?:сообщение|письмо)|Начало (?:переадресованного|пересылаемого) (?:сообщения|письма)
  Переслане повідомлення|Пересланий лист|Початок (?:пересланого|листа, що пересилається).{0,20}
  Przekazana wiadomość|Wiadomość przekazana|Treść przekazanej wiadomości|Początek przekazywanej wiadomości
  Přeposlaná zpráva|Preposlaná správa|Továbbított üzenet|İletilen (?:ileti|mesaj)|Mesaj redirecționat
  転送(?:された)?メッセージ|转发(?:的)?邮件|轉寄(?:的)?郵件|전달된 메시지
`);

/** Asks that answers stand above it; everything below is ours. */
export const above = either(`
  (?:reply|write|type|respond|answer).{0,30} above this line
  (?:bitte )?(?:antworten sie|schreiben sie).{0,30} (?:über|oberhalb) dieser (?:zeile|linie)
  répond(?:ez|re).{0,30} au-dessus de cette ligne
  respon(?:da|de).{0,30} (?:por )?encima de esta l[ií]nea
  (?:отвечайте|пишите|ответ(?:ьте)?).{0,30} выше (?:этой )?(?:линии|строки|черты)
  (?:відповідайте|пишіть).{0,30} вище (?:цієї )?(?:лінії|риски)
`);

/** What a device or a mail program adds by itself, up to its own name. */
export const device = either(`
  Sent (?:from|via|with|using)|Posted from|Get (?:Outlook|BlueMail|TypeApp|Gmail) for|Download .{2,30} for (?:iOS|Android)
  Gesendet (?:von|mit|aus|über)|Von meinem .{2,40} gesendet|Diese (?:Nachricht|E-Mail) wurde (?:von|mit) .{2,40} gesendet|Holen Sie sich Outlook|Outlook für (?:iOS|Android) beziehen
  Envoyé (?:de|depuis|à partir|avec|par)|Télécharger Outlook|Obtenez Outlook|Provenance
  Enviado (?:desde|de|do|da|con|com|a partir|pelo|via)|Obtener Outlook|Obter o Outlook|Obtenha o Outlook
  Inviato (?:da|dal|con)|Scarica Outlook|Ottieni Outlook
  Verzonden (?:vanaf|met|van|via)|Verstuurd (?:vanaf|met|van)|Outlook voor (?:iOS|Android) downloaden|Download Outlook
  Sendt (?:fra|med|via)|Skickat (?:från|med|via)|Hämta Outlook|Hent Outlook|Få Outlook|Lähetetty|Hanki Outlook
  Wysłan[eo] (?:z|za pomocą|ze|przez)|Pobierz (?:aplikację )?Outlook|Odesláno|Získať Outlook|Získat (?:aplikaci )?Outlook|Odoslané
  Отправлено (?:с|со|из|от|через|при помощи)|Скачать Outlook|Получить Outlook|Надіслано (?:з|із|від|через)|Відправлено (?:з|із|від|через)|Завантажити Outlook
  Trimis (?:de|din)|Küldve|Στάλθηκε από|Изпратено от
`);
