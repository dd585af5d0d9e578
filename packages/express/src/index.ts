/** A helpdesk's HTTP API in an Express app, and its parts for hosts with routes of their own. @module */
export { problemOf, statusOf } from "@deskwright/api";
export { sendProblem } from "./answers.ts";
export { sendFile } from "./Download.ts";
export { type DocsOptions, docs } from "./docs.ts";
export { type HelpdeskOptions, helpdesk } from "./helpdesk.ts";
export { type ServeOptions, serve } from "./serve.ts";
export { receiveFiles, type UploadLimits } from "./Upload.ts";
