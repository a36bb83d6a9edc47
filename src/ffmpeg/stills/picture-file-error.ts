/** A picture file cannot be used. The message says what is wrong and what to do, for the owner of the file. */
export class PictureFileError extends Error {
  override name = "PictureFileError";
}

/** Data of a picture file is missing or was changed. */
export class DamagedPictureError extends PictureFileError {
  override name = "DamagedPictureError";

  /** @param reason what is missing or wrong, without a full stop. */
  constructor(reason: string) {
    super(`the picture is damaged: ${reason}; upload an undamaged copy`);
  }
}
