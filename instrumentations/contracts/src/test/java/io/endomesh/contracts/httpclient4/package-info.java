/** Apache HttpClient 4 held to the contract of HTTP clients. */
@NullMarked
package io.endomesh.contracts.httpclient4;

import org.jspecify.annotations.NullMarked;
