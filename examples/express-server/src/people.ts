import type { Helpdesk, NewUser, User } from "@deskwright/core";

/** Somebody to begin with on each side. */
export const firstPeople = async (desk: Helpdesk) => ({
  admin: await firstOf(desk, { role: "admin", name: "Admin", email: "admin@example.com" }),
  customer: await firstOf(desk, { role: "customer", name: "Ada", email: "ada@example.com" }),
});

const firstOf = async (desk: Helpdesk, person: NewUser & { readonly email: string }): Promise<User> => {
  const known = await desk.users.find({ email: person.email });
  if (known !== null) return known;
  try {
    return await desk.users.create(person);
  } catch (error) {
    // Another process that starts on the same database may have been faster.
    const theirs = await desk.users.find({ email: person.email });
    if (theirs === null) throw error;
    return theirs;
  }
};
