/** Whose a record is. */
export interface Owned {
  account_id: number
  end_user_id: number
}
