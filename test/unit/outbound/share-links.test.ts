import { expect, test } from "vitest";
import { adviceFor, isSignIn, linkTarget } from "../../../src/outbound/share-links.ts";

const drive = "https://drive.usercontent.google.com/download?export=download&confirm=t&id=1AbC-d_E";

test.each([
  ["https://drive.google.com/file/d/1AbC-d_E/view?usp=sharing", drive],
  ["https://drive.google.com/file/d/1AbC-d_E/preview", drive],
  ["https://drive.google.com/file/d/1AbC-d_E", drive],
  ["https://drive.google.com/file/u/1/d/1AbC-d_E/edit", drive],
  ["https://drive.google.com/a/example.com/file/d/1AbC-d_E/view", drive],
  ["https://drive.google.com/open?id=1AbC-d_E", drive],
  ["https://drive.google.com/uc?id=1AbC-d_E&export=download", drive],
  ["https://drive.google.com/uc?export=view&id=1AbC-d_E", drive],
  ["https://drive.google.com/u/0/uc?id=1AbC-d_E&export=download", drive],
  ["https://docs.google.com/uc?id=1AbC-d_E", drive],
  ["https://docs.google.com/file/d/1AbC-d_E/edit", drive],
  ["https://drive.usercontent.google.com/download?id=1AbC-d_E&export=download", drive],
  ["https://drive.google.com/file/d/1AbC-d_E/view?usp=sharing&resourcekey=0-xY", `${drive}&resourcekey=0-xY`],
  ["https://www.dropbox.com/s/abc123/beach.mp4?dl=0", "https://www.dropbox.com/s/abc123/beach.mp4?dl=1"],
  ["https://www.dropbox.com/s/abc123/beach.mp4", "https://www.dropbox.com/s/abc123/beach.mp4?dl=1"],
  ["https://dropbox.com/s/abc123/beach.mp4?raw=1", "https://dropbox.com/s/abc123/beach.mp4?raw=1"],
  [
    "https://www.dropbox.com/scl/fi/abc123/beach.mp4?rlkey=k1&st=s1&dl=0",
    "https://www.dropbox.com/scl/fi/abc123/beach.mp4?rlkey=k1&st=s1&dl=1",
  ],
  [
    "https://www.dropbox.com/scl/fo/abc123/key/clips/beach.mp4?rlkey=k1&dl=0",
    "https://www.dropbox.com/scl/fo/abc123/key/clips/beach.mp4?rlkey=k1&dl=1",
  ],
  ["https://dl.dropboxusercontent.com/s/abc123/beach.mp4", "https://dl.dropboxusercontent.com/s/abc123/beach.mp4"],
  ["https://1drv.ms/v/s!AbCdEf?e=xyz", "https://1drv.ms/v/s!AbCdEf?e=xyz&download=1"],
  ["https://1drv.ms/v/c/0123abc/EQx?e=xyz", "https://1drv.ms/v/c/0123abc/EQx?e=xyz&download=1"],
  [
    "https://onedrive.live.com/embed?cid=0123ABC&resid=0123ABC%21156&authkey=AKey",
    "https://onedrive.live.com/download?resid=0123ABC%21156&authkey=AKey&cid=0123ABC",
  ],
  [
    "https://onedrive.live.com/redir?resid=0123ABC!156&authkey=!AKey&ithint=video%2cmp4",
    "https://onedrive.live.com/download?resid=0123ABC%21156&authkey=%21AKey",
  ],
  [
    "https://onedrive.live.com/?authkey=%21AKey&id=0123ABC%21156&cid=0123ABC",
    "https://onedrive.live.com/download?resid=0123ABC%21156&authkey=%21AKey&cid=0123ABC",
  ],
  [
    "https://onedrive.live.com/:v:/g/personal/0123abc/EQx?e=xyz",
    "https://onedrive.live.com/:v:/g/personal/0123abc/EQx?e=xyz&download=1",
  ],
  [
    "https://contoso-my.sharepoint.com/:v:/g/personal/me_contoso_com/EQx?e=xyz",
    "https://contoso-my.sharepoint.com/:v:/g/personal/me_contoso_com/EQx?e=xyz&download=1",
  ],
  [
    "https://contoso.sharepoint.com/:v:/r/sites/x/Shared%20Documents/a.mp4?csf=1&web=1",
    "https://contoso.sharepoint.com/:v:/r/sites/x/Shared%20Documents/a.mp4?csf=1&web=1&download=1",
  ],
  [
    "https://contoso.sharepoint.com/sites/x/_layouts/15/download.aspx?UniqueId=1",
    "https://contoso.sharepoint.com/sites/x/_layouts/15/download.aspx?UniqueId=1",
  ],
  ["https://app.box.com/shared/static/abc.mp4", "https://app.box.com/shared/static/abc.mp4"],
  ["https://github.com/o/r/blob/main/media/a.mp4", "https://github.com/o/r/raw/main/media/a.mp4"],
  [
    "https://gitlab.com/g/s/r/-/blob/main/a.mp4?ref_type=heads",
    "https://gitlab.com/g/s/r/-/raw/main/a.mp4?ref_type=heads",
  ],
  ["https://codeberg.org/o/r/src/branch/main/src/a.mp4", "https://codeberg.org/o/r/raw/branch/main/src/a.mp4"],
  ["https://bitbucket.org/o/r/src/main/a.mp4", "https://bitbucket.org/o/r/raw/main/a.mp4"],
  ["https://huggingface.co/datasets/o/r/blob/main/a.wav", "https://huggingface.co/datasets/o/r/resolve/main/a.wav"],
  [
    "https://commons.wikimedia.org/wiki/File:Caf%C3%A9_%26_sea.webm",
    "https://commons.wikimedia.org/wiki/Special:Redirect/file/Caf%C3%A9_%26_sea.webm",
  ],
  ["https://archive.org/download/item/a.mp4", "https://archive.org/download/item/a.mp4"],
  // Links inside viewers and redirect pages.
  [
    "https://docs.google.com/viewer?url=https%3A%2F%2Fexample.com%2Fa%20b.mp4%3Fx%3D1",
    "https://example.com/a%20b.mp4?x=1",
  ],
  ["https://docs.google.com/gview?embedded=true&url=http://example.com/a.mp4", "http://example.com/a.mp4"],
  ["https://www.google.com/url?q=https://example.com/a.mp4&sa=D", "https://example.com/a.mp4"],
  ["https://www.google.de/url?sa=t&url=https%3A%2F%2Fdrive.google.com%2Ffile%2Fd%2F1AbC-d_E%2Fview", drive],
  ["https://view.officeapps.live.com/op/view.aspx?src=https%3A%2F%2Fexample.com%2Fa.mp4", "https://example.com/a.mp4"],
  [
    "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fwww.dropbox.com%2Fs%2Fa%2Fb.mp4%3Fdl%3D0&data=05",
    "https://www.dropbox.com/s/a/b.mp4?dl=1",
  ],
  ["https://l.facebook.com/l.php?u=https%3A%2F%2Fexample.com%2Fa.mp4&h=AT0", "https://example.com/a.mp4"],
  ["https://www.google.com/url?q=file:///etc/passwd", "https://www.google.com/url?q=file:///etc/passwd"],
  [
    "https://files.example.com/url?q=https://example.com/a.mp4",
    "https://files.example.com/url?q=https://example.com/a.mp4",
  ],
  ["https://files.example.com/s/abc?dl=0", "https://files.example.com/s/abc?dl=0"],
  // Another host whose name only begins or ends like one of these.
  ["https://drive.google.com.example.com/file/d/1/view", "https://drive.google.com.example.com/file/d/1/view"],
  ["https://notdropbox.com/s/a/b.mp4?dl=0", "https://notdropbox.com/s/a/b.mp4?dl=0"],
])("the link %s leads to %s", (given, expected) => {
  expect(linkTarget(new URL(given))).toEqual({ kind: "file", url: new URL(expected) });
});

test.each([
  ["https://drive.google.com/drive/folders/1AbC?usp=sharing", /^in Google Drive, share the file itself/],
  ["https://docs.google.com/presentation/d/1AbC/edit", /^in Google Drive/],
  ["https://www.dropbox.com/sh/abc/key?dl=0", /^in Dropbox, copy the link of a single file/],
  ["https://www.dropbox.com/scl/fo/abc/key?rlkey=k&dl=0", /^in Dropbox/],
  ["https://www.dropbox.com/t/abc", /^in Dropbox/],
  ["https://1drv.ms/f/s!AbC", /^in OneDrive, share a single file/],
  ["https://contoso-my.sharepoint.com/:f:/g/personal/me/EQx", /^in OneDrive/],
  ["https://contoso.sharepoint.com/personal/me/_layouts/15/stream.aspx?id=%2Fa.mp4", /^in OneDrive/],
  ["https://app.box.com/s/abcdef", /^in Box, copy the direct link/],
  ["https://we.tl/t-AbCdEf", /^it has no links to files: download the file, if you may use it, and upload it/],
  ["https://wetransfer.com/downloads/abc/def", /^it has no links to files/],
  ["https://www.youtube.com/watch?v=abc", /^it has no links to files/],
  ["https://youtu.be/abc", /^it has no links to files/],
  ["https://www.tiktok.com/@someone/video/1", /^it has no links to files/],
  ["https://mega.nz/file/abc#key", /^it has no links to files/],
  ["https://www.youtube.com/redirect?q=https%3A%2F%2Fwe.tl%2Ft-AbC", /^it has no links to files/],
  ["https://www.dropbox.com/preview/a.mp4", /^in Dropbox/],
  ["https://archive.org/details/item", /^in the Internet Archive, send the address of a file/],
  ["https://en.wikipedia.org/wiki/Sea", /^in Wikimedia, send the address/],
  ["https://photos.app.goo.gl/AbC", /^it has no links to files/],
])("the link %s leads to a page, and the advice says how to get a link to a file", (given, advice) => {
  const url = new URL(given);
  expect(linkTarget(url)).toEqual({ kind: "page" });
  expect(adviceFor(url)).toMatch(advice);
});

test("the advice for any other host says how to try the link, and is about the first known service", () => {
  const other = new URL("https://files.example.com/a");
  expect(adviceFor(other)).toMatch(/private browser window/);
  expect(adviceFor(other, new URL("https://www.dropbox.com/s/a/b"))).toMatch(/^in Dropbox/);
});

test.each([
  ["https://accounts.google.com/v3/signin/identifier?x", true],
  ["https://login.live.com/oauth20_authorize.srf", true],
  ["https://www.dropbox.com/login?cont=x", true],
  ["https://files.example.com/signing/a.mp4", false],
])("isSignIn of %s is %s", (url, expected) => {
  expect(isSignIn(new URL(url))).toBe(expected);
});
