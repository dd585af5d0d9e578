/** What this API says, letter by letter: the `c` of `noUser` is a Latin one, and those of the others are not. */
export const words = {
  userCreated: "Пользователь успешно создан",
  userFound: "Пользователь успешно получен",
  emailTaken: "Почта с таким именем ужё зарегистрирована",
  noUser: (id: number) => `Пользователь c ID ${id} не найден`,
  ticketCreated: "Обращение успешно создано",
  ticketsListed: "Список обращений успешно получен",
  ticketFound: "Обращение успешно получено",
  ticketUpdated: "Обращение успешно обновлено",
  noTicket: (id: number) => `Тикет с id ${id} не найден`,
  messageCreated: "Сообщение успешно создано",
  messagesListed: "Список сообщений успешно получен",
  noTicketToAnswer: (id: number) => `Тикет с ${id} не найден`,
};
