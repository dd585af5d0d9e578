import { describe, expect, test } from "vitest";
import { outcomeOf, type SmtpFailure } from "../../src/smtp/outcome.ts";

const recipients = (...codes: ReadonlyArray<number>) =>
  codes.map((responseCode) => ({
    code: "EENVELOPE",
    responseCode,
    response: `${responseCode} no`,
    recipient: "anna@example.com",
  }));

describe("what became of a mail that did not go out", () => {
  test.each<[string, SmtpFailure, boolean, string]>([
    ["all refused for good", { code: "EENVELOPE", responseCode: 550, rejectedErrors: recipients(550) }, false, "final"],
    [
      "all refused for now",
      { code: "EENVELOPE", responseCode: 450, rejectedErrors: recipients(450) },
      false,
      "retryable",
    ],
    ["refused after its content", { code: "EMESSAGE", responseCode: 554, response: "554 spam" }, true, "final"],
    ["put off after its content", { code: "EMESSAGE", responseCode: 451, response: "451 later" }, true, "retryable"],
    ["out of step", { code: "EENVELOPE", responseCode: 503 }, false, "retryable"],
    ["broken off before its end", { code: "ECONNECTION" }, false, "retryable"],
    ["broken off after its end", { code: "ECONNECTION" }, true, "unknown"],
    ["no answer before its end", { code: "ETIMEDOUT" }, false, "retryable"],
    ["no answer after its end", { code: "ETIMEDOUT" }, true, "unknown"],
    ["nonsense after its end", { code: "EPROTOCOL", response: "what?" }, true, "unknown"],
    ["a wrong password", { code: "EAUTH", responseCode: 535, response: "535 no" }, false, "retryable"],
    ["no login at all", { code: "EENVELOPE", responseCode: 530, response: "530 log in" }, false, "retryable"],
    ["turned away at the door", { code: "EPROTOCOL", responseCode: 554, response: "554 go away" }, false, "retryable"],
    ["no TLS", { code: "ETLS", responseCode: 500, response: "500 what?", command: "STARTTLS" }, false, "retryable"],
    ["no server", { code: "EDNS", message: "not found" }, false, "retryable"],
    ["bigger than allowed", { code: "EMESSAGE", message: "Message size larger than allowed" }, false, "final"],
    ["a file that could not be read", { code: "ESTREAM", message: "gone" }, false, "retryable"],
    ["something nobody thought of", {}, false, "retryable"],
    ["something nobody thought of, after its end", {}, true, "unknown"],
  ])("%s", (_, failure, isHandedOver, expected) => {
    expect(outcomeOf(failure, isHandedOver).outcome).toBe(expected);
  });

  test("is told in the words of the server", () => {
    const failure = { code: "EENVELOPE", responseCode: 550, rejectedErrors: recipients(550) };
    expect(outcomeOf(failure, false).reason).toBe("anna@example.com: 550 no");
    expect(outcomeOf({ code: "EAUTH", response: "535 bad" }, false).reason).toBe(
      "The server refuses the login: 535 bad",
    );
  });
});
