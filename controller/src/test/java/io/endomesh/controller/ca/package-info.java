/** Tests of certificates. */
package io.endomesh.controller.ca;
