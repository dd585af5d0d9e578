import type { File as StoredFile } from "@deskwright/core";
import type { File } from "./contract/Data.ts";

/**
 * A stored file as it is answered: where the file store keeps it is nobody's business.
 *
 * @since 0.1.0
 */
export const fileAnswer = ({ storageKey: _, version: __, ...file }: StoredFile): File => file;
