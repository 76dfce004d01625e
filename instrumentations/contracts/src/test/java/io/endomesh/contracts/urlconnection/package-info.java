/** {@code java.net.HttpURLConnection} held to the contract of HTTP clients. */
@NullMarked
package io.endomesh.contracts.urlconnection;

import org.jspecify.annotations.NullMarked;
