package io.endomesh.instrumentation.httpclient4;

import java.util.concurrent.TimeUnit;
import org.apache.http.ConnectionReuseStrategy;
import org.apache.http.client.protocol.HttpClientContext;
import org.apache.http.conn.ConnectionKeepAliveStrategy;
import org.apache.http.conn.routing.HttpRoute;
import org.apache.http.nio.conn.NHttpClientConnectionManager;

/**
 * One hop of an asynchronous call as the library has it. Immutable.
 *
 * @param route the library's, which nobody takes
 * @param connectTimeout in {@code unit}, as the library's manager takes it
 * @param leaseTimeout in {@code unit}, for a place in the pool
 */
record Hop(
    NHttpClientConnectionManager connections,
    HttpRoute route,
    HttpClientContext context,
    ConnectionReuseStrategy reuse,
    ConnectionKeepAliveStrategy keepAlive,
    long connectTimeout,
    long leaseTimeout,
    TimeUnit unit) {}
