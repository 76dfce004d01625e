/** Tests of join tokens. */
package io.endomesh.controller.tokens;
