/** Contract suites that say whether an adapter is done. @module */
export type { ContractOptions, Skip } from "./Case.ts";
export type { OpenChannel } from "./channel/OpenChannel.ts";
export { channelContract } from "./channelContract.ts";
export { type FileStoreContractOptions, fileStoreContract } from "./fileStoreContract.ts";
export { type Outage, outageTest } from "./Outage.ts";
export { type StorageContractOptions, storageContract } from "./storageContract.ts";
