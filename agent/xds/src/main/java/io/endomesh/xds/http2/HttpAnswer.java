package io.endomesh.xds.http2;

/** What came back for a POST. The array is not copied: whoever asked owns it. */
public record HttpAnswer(int status, byte[] body) {}
