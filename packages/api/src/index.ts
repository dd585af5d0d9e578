/** The HTTP contract of a helpdesk, and its calls ready to be mounted. @module */
export { Api } from "./Api.ts";
export type { Answer, Endpoint, Request } from "./Endpoint.ts";
export { makeEndpoints } from "./endpoints.ts";
export { fileAnswer } from "./fileAnswer.ts";
export { HttpError } from "./HttpError.ts";
export { openApi } from "./openApi.ts";
export { problemOf, statusOf } from "./problem.ts";
