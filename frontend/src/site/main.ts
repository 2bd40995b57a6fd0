// The residents' site works without this file.
export {};
