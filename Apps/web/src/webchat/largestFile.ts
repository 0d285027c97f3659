/// What a visitor may send, in bytes, as the server has it.
export const largestFile = 10 << 20;
