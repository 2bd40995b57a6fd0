// The desk works without this file.
export {};
