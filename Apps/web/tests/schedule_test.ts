import { momentOf, usualTimes, wallClock } from "../src/inbox/schedule.ts";
import { equal } from "./assert.ts";

const now = new Date("2026-11-22T20:30:00Z");

Deno.test("a wall clock is that of the zone, whatever the browser's is", () => {
  equal(wallClock(now, "Asia/Almaty"), "2026-11-23T01:30");
  equal(wallClock(now, "America/New_York"), "2026-11-22T15:30");
  equal(wallClock(new Date("2026-11-22T19:00:00Z"), "Asia/Almaty"), "2026-11-23T00:00");
});

Deno.test("what is read from a zone's wall clock is its moment", () => {
  equal(momentOf("2026-11-23T09:00", "Asia/Almaty", now)?.toISOString(), "2026-11-23T04:00:00.000Z");
  equal(momentOf("2026-11-23T09:00", "Europe/Berlin", now)?.toISOString(), "2026-11-23T08:00:00.000Z");
  equal(momentOf("2027-07-01T09:00", "Europe/Berlin", now)?.toISOString(), "2027-07-01T07:00:00.000Z");
  equal(momentOf("2026-11-23T09:00", "Asia/Kathmandu", now)?.toISOString(), "2026-11-23T03:15:00.000Z");
});

Deno.test("around a change of clocks a moment reads as it was written, or an hour off where there is no such time", () => {
  for (
    const text of ["2027-03-28T01:59", "2027-03-28T03:00", "2027-10-31T01:59", "2027-10-31T02:30", "2027-10-31T03:00"]
  ) {
    equal(wallClock(momentOf(text, "Europe/Berlin", now)!, "Europe/Berlin"), text);
  }
  const leapt = momentOf("2027-03-28T02:30", "Europe/Berlin", now)?.toISOString() ?? "";
  equal(["2027-03-28T00:30:00.000Z", "2027-03-28T01:30:00.000Z"].includes(leapt), true);
});

Deno.test("what is past, too far away or no time is none", () => {
  for (const text of ["2026-11-23T01:30", "2026-11-22T09:00", "2027-11-25T09:00", "", "tomorrow"]) {
    equal(momentOf(text, "Asia/Almaty", now), null);
  }
});

Deno.test("usual times are mornings of the zone", () => {
  const times = (zone: string) => usualTimes(now, zone).map(({ key, at }) => [key, wallClock(at, zone)]);
  // In Almaty it is Monday already, in New York still Sunday.
  equal(times("Asia/Almaty"), [["inHour", "2026-11-23T02:30"], ["tomorrow", "2026-11-24T09:00"], [
    "monday",
    "2026-11-30T09:00",
  ]]);
  equal(times("America/New_York"), [["inHour", "2026-11-22T16:30"], ["tomorrow", "2026-11-23T09:00"]]);
});
