/** Where a helpdesk keeps its files: a folder on a local disk. @module */
export { localFiles } from "./localFiles.ts";
