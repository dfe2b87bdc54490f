// stands in for a script of the browser app
export const answer = 42;
