package blob

import "hash/crc64"

// crcTable has the polynomial of x-ms-content-crc64, in reversed bit order.
var crcTable = crc64.MakeTable(0x9A6C9329AC4BC9B5)

// updateCRC64 continues a checksum of x-ms-content-crc64, which begins with 0.
func updateCRC64(crc uint64, p []byte) uint64 { return crc64.Update(crc, crcTable, p) }
