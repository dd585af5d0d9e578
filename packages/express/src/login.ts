/** For helpdesks whose users bring JSON Web Tokens, or log in here with a password. @module */
export type { JWTPayload } from "jose";
export { actorFromToken } from "./login/actorFromToken.ts";
export { type BearerTokenOptions, bearerToken, type TokenRequest } from "./login/bearerToken.ts";
export { type JwtKey, type JwtOptions, type JwtVerifier, jwtVerifier } from "./login/jwtVerifier.ts";
export { type PasswordLoginOptions, passwordLogin } from "./login/passwordLogin.ts";
export { Unauthorized } from "./login/Unauthorized.ts";
