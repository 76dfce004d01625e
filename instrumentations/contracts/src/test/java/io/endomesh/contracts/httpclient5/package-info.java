/** Apache HttpClient 5 held to the contract of HTTP clients. */
@NullMarked
package io.endomesh.contracts.httpclient5;

import org.jspecify.annotations.NullMarked;
